package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.solver.Consumption;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

class SolverPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Scheduler DECODING = Schedulers.newParallel("test-decode", 2);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Feed TRAIN = new Feed("t", Level.LOWER);
  private static final Feed VALIDATION = new Feed("v", Level.UPPER);
  private static final Feed SHARED = new Feed("s", null);

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
    DECODING.dispose();
  }

  private static final class Cuts implements CutSink {
    final List<Cut> all = new ArrayList<>();

    @Override
    public Mono<Void> accept(Cut cut) {
      return Mono.fromRunnable(() -> all.add(cut));
    }

    @Override
    public Mono<Void> flush() {
      return Mono.empty();
    }
  }

  private static Assembly assembly(String mode, int lower, int upper) {
    return switch (mode) {
      case "topics" ->
          new Assembly(
              List.of(TRAIN, VALIDATION),
              Toy.schemas(),
              lower,
              upper,
              Duration.ofHours(1),
              new Roles(new Roles.Split.Topics()),
              Toy.Decoder::new);
      case "hash", "roles" ->
          new Assembly(
              List.of(SHARED),
              Toy.schemas(),
              lower,
              upper,
              Duration.ofHours(1),
              new Roles(new Roles.Split.Hash(0.3)),
              Toy.Decoder::new);
      default ->
          new Assembly(
              List.of(SHARED),
              Toy.schemas(),
              lower,
              upper,
              Duration.ofHours(1),
              new Roles(new Roles.Split.Prequential()),
              Toy.Decoder::new);
    };
  }

  private static Toy.Log log(String mode, int perPoll) {
    List<String> a = new ArrayList<>(Toy.numbers(1, 400));
    a.set(17, "nonsense");
    a.set(230, "1,2,bad,4,5,6,7,8,9");
    List<String> b = Toy.numbers(2, 300);
    List<String> c = new ArrayList<>(Toy.numbers(3, 350));
    c.set(100, "1,2,3,4,5,6,7,8,9,10,11,12,13");
    if (mode.equals("roles")) {
      for (int i = 0; i < c.size(); i++) {
        c.set(i, (i % 3 == 0 ? "validation:" : "train:") + c.get(i));
      }
      return new Toy.Log(perPoll).lane("s", 0, a).lane("s", 1, c);
    }
    return mode.equals("topics")
        ? new Toy.Log(perPoll).lane("t", 0, a).lane("t", 1, b).lane("v", 0, c)
        : new Toy.Log(perPoll).lane("s", 0, a).lane("s", 1, b).lane("s", 2, c);
  }

  private static SolverPipeline pipeline(
      Assembly assembly,
      SampleSource source,
      CutSink sink,
      int everySteps,
      @Nullable Checkpoint from) {
    return pipeline(assembly, source, sink, everySteps, from, null);
  }

  private static SolverPipeline pipeline(
      Assembly assembly,
      SampleSource source,
      CutSink sink,
      int everySteps,
      @Nullable Checkpoint from,
      @Nullable Scheduler decoding) {
    return pipeline(assembly, source, sink, everySteps, from, decoding, new Toy.Fold());
  }

  private static SolverPipeline pipeline(
      Assembly assembly,
      SampleSource source,
      CutSink sink,
      int everySteps,
      @Nullable Checkpoint from,
      @Nullable Scheduler decoding,
      Toy.Fold solver) {
    Tuning tuning =
        new Tuning(
            "toy",
            "fold",
            "config",
            "test",
            new Toy.Means(),
            solver,
            new UpperView() {
              @Override
              public String name(int i) {
                return "x" + i;
              }

              @Override
              public double unit(int i, double[] x) {
                return x[i];
              }
            },
            Integer.MAX_VALUE,
            new Cadence(everySteps, Duration.ofHours(1)),
            () -> 0);
    return new SolverPipeline(
        tuning, assembly, source, sink, () -> Mono.justOrEmpty(from), SOLVER, decoding, List.of());
  }

  private static List<Snapshot> snapshots(List<Cut> cuts) {
    List<Snapshot> out = new ArrayList<>();
    for (Cut cut : cuts) {
      if (cut.snapshot() != null) {
        out.add(cut.snapshot());
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, {1} per poll, cut after commit {2}")
  @CsvSource({
    "topics,7,1",
    "topics,7,9",
    "topics,500,3",
    "hash,7,1",
    "hash,50,4",
    "hash,500,11",
    "prequential,7,2",
    "prequential,64,13"
  })
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String mode, int perPoll, int cutAt) {
    Assembly assembly = assembly(mode, 8, 5);
    Cuts whole = new Cuts();
    pipeline(assembly, log(mode, perPoll), whole, 3, null).run(Flux.never()).block(LIMIT);
    assertThat(whole.all).hasSizeGreaterThan(cutAt + 1);

    // the same records, but polled otherwise after the restart where the order of lanes allows it
    Cuts resumed = new Cuts();
    Checkpoint checkpoint = whole.all.get(cutAt).checkpoint();
    pipeline(assembly, log(mode, perPoll), resumed, 3, checkpoint).run(Flux.never()).block(LIMIT);

    List<DeadLetter> letters = new ArrayList<>();
    whole.all.subList(0, cutAt + 1).forEach(c -> letters.addAll(c.deadLetters()));
    resumed.all.forEach(c -> letters.addAll(c.deadLetters()));
    assertThat(letters.stream().map(d -> d.lane() + "@" + d.position()).toList())
        .doesNotHaveDuplicates()
        .hasSize(2);

    // rows per lane and level are taken in order, whatever the polls were: replaying the ledgers of
    // both halves from the log gives the final state bit for bit
    List<Cut> both = new ArrayList<>(whole.all.subList(0, cutAt + 1));
    both.addAll(resumed.all);
    List<Snapshot> chain = snapshots(both);
    assertThat(chain.stream().map(Snapshot::version).toList())
        .isEqualTo(java.util.stream.LongStream.rangeClosed(1, chain.size()).boxed().toList());
    double[] replayed = LedgerReplay.run(log(mode, perPoll), assembly, chain);
    Snapshot last = chain.get(chain.size() - 1);
    assertThat(new double[] {last.x()[0], last.y()[0]}).containsExactly(replayed);
    assertThat(last.metrics().get("samples-lower"))
        .isEqualTo(
            snapshots(whole.all)
                .get(snapshots(whole.all).size() - 1)
                .metrics()
                .get("samples-lower"));
  }

  @ParameterizedTest(name = "{0}, {1} per poll")
  @CsvSource({"topics,7", "topics,500", "hash,7", "hash,500", "prequential,64", "roles,50"})
  void decoding_ahead_changes_no_bit_no_ledger_and_no_dead_letter(String mode, int perPoll) {
    Assembly assembly = assembly(mode, 8, 5);
    Cuts inline = new Cuts();
    pipeline(assembly, log(mode, perPoll), inline, 3, null).run(Flux.never()).block(LIMIT);
    Cuts ahead = new Cuts();
    pipeline(assembly, log(mode, perPoll), ahead, 3, null, DECODING).run(Flux.never()).block(LIMIT);
    if (mode.equals("topics")) { // which feed comes first is chance, with one feed nothing is
      assertThat(snapshots(ahead.all)).hasSameSizeAs(snapshots(inline.all));
    } else {
      assertThat(snapshots(ahead.all)).usingRecursiveComparison().isEqualTo(snapshots(inline.all));
    }
    List<Snapshot> chain = snapshots(ahead.all);
    Snapshot last = chain.get(chain.size() - 1);
    if (!mode.equals("roles")) { // which that replay, kept simple, does not read
      assertThat(new double[] {last.x()[0], last.y()[0]})
          .containsExactly(LedgerReplay.run(log(mode, perPoll), assembly, chain));
    }
    assertThat(letters(ahead)).isEqualTo(letters(inline)).isNotEmpty();
  }

  private static List<String> letters(Cuts cuts) {
    List<String> out = new ArrayList<>();
    cuts.all.forEach(
        cut ->
            cut.deadLetters()
                .forEach(d -> out.add(d.lane() + "@" + d.position() + ": " + d.reason())));
    return out.stream().sorted().toList();
  }

  @Test
  void a_run_from_a_start_without_a_state_is_a_first_run_in_a_later_epoch() {
    Assembly assembly = assembly("topics", 8, 4);
    Cuts first = new Cuts();
    pipeline(assembly, log("topics", 50), first, 3, null).run(Flux.never()).block(LIMIT);
    Snapshot opening = snapshots(first.all).get(0);
    Checkpoint start =
        Checkpoint.ofStart(
            "config", 1, opening.ledger().from(), first.all.get(0).checkpoint().topicIds());
    Cuts again = new Cuts();
    pipeline(assembly, log("topics", 50), again, 3, start).run(Flux.never()).block(LIMIT);
    assertThat(snapshots(again.all)).allMatch(s -> s.epoch() == 2);
    assertThat(snapshots(again.all).stream().map(s -> List.of(s.version(), s.x()[0])).toList())
        .isEqualTo(snapshots(first.all).stream().map(s -> List.of(s.version(), s.x()[0])).toList());
  }

  @Test
  void a_single_lane_per_level_resumes_to_the_very_same_snapshots() {
    Assembly assembly = assembly("topics", 8, 4);
    List<String> train = Toy.numbers(5, 400);
    List<String> validation = Toy.numbers(6, 200);
    Cuts whole = new Cuts();
    pipeline(assembly, new Toy.Log(33).lane("t", 0, train).lane("v", 0, validation), whole, 1, null)
        .run(Flux.never())
        .block(LIMIT);
    for (int cutAt : new int[] {0, 1, 17, 48}) {
      Cuts resumed = new Cuts();
      pipeline(
              assembly,
              new Toy.Log(5).lane("t", 0, train).lane("v", 0, validation),
              resumed,
              1,
              whole.all.get(cutAt).checkpoint())
          .run(Flux.never())
          .block(LIMIT);
      List<Snapshot> rest = snapshots(whole.all).subList(cutAt + 1, whole.all.size());
      List<Snapshot> again = snapshots(resumed.all);
      assertThat(
              again.stream().map(s -> List.of(s.version(), s.step(), s.x()[0], s.y()[0])).toList())
          .isEqualTo(
              rest.stream().map(s -> List.of(s.version(), s.step(), s.x()[0], s.y()[0])).toList());
      assertThat(again.stream().map(s -> s.ledger().runs()).toList())
          .isEqualTo(rest.stream().map(s -> s.ledger().runs()).toList());
      assertThat(again.stream().map(Snapshot::metrics).toList())
          .isEqualTo(rest.stream().map(Snapshot::metrics).toList());
    }
  }

  @Test
  void a_sink_without_room_stops_the_polls() {
    Toy.Log log =
        new Toy.Log(10).lane("t", 0, Toy.numbers(1, 100_000)).lane("v", 0, Toy.numbers(2, 100_000));
    CutSink stuck =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            return Mono.never();
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    TestPublisher<Object> stop = TestPublisher.create();
    SolverPipeline pipeline = pipeline(assembly("topics", 8, 8), log, stuck, 2, null);
    var running = pipeline.run(stop).subscribe();
    await().until(() -> pipeline.progress().version() >= 2);
    int before = log.polls.get();
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(5))
        .until(() -> log.polls.get() == before);
    assertThat(before).isLessThan(20);
    running.dispose();
  }

  /** One being written, one the sink waits with, one that waits for it: HeapNeed counts on it. */
  @Test
  void a_sink_that_has_room_for_one_more_leaves_three_cuts_in_memory_at_the_most() {
    Toy.Log log =
        new Toy.Log(10).lane("t", 0, Toy.numbers(1, 100_000)).lane("v", 0, Toy.numbers(2, 100_000));
    List<Cut> taken = new ArrayList<>();
    CutSink slow =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            taken.add(cut);
            return taken.size() == 1 ? Mono.empty() : Mono.never();
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    SolverPipeline pipeline = pipeline(assembly("topics", 8, 8), log, slow, 2, null);
    var running = pipeline.run(Flux.never()).subscribe();
    await().until(() -> pipeline.progress().version() >= 3);
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(5))
        .until(() -> pipeline.progress().version() == 3);
    running.dispose();
  }

  @Test
  void samples_that_wait_for_the_other_level_are_counted() {
    Toy.Log log =
        new Toy.Log(100).lane("t", 0, Toy.numbers(1, 90)).lane("v", 0, Toy.numbers(2, 16));
    SolverPipeline pipeline = pipeline(assembly("topics", 8, 8), log, new Cuts(), 2, null);
    pipeline.run(Flux.never()).blockOptional(LIMIT);
    assertThat(pipeline.progress().waitingLower()).isEqualTo(90 - 16);
    assertThat(pipeline.progress().waitingUpper()).isZero();
  }

  @ParameterizedTest(name = "{0} lower and {1} upper batches a step, {2} records a poll")
  @CsvSource({"20, 1, 7", "20, 1, 500", "1, 9, 7", "3, 40, 500", "2, 2, 50"})
  void steps_that_take_uneven_numbers_of_batches_go_on_with_a_shared_topic(
      int lower, int upper, int perPoll) {
    Consumption need = new Consumption(lower, upper);
    Assembly assembly = assembly("hash", 40, 40);
    Toy.Log log =
        new Toy.Log(perPoll)
            .lane("s", 0, Toy.numbers(1, 3_000))
            .lane("s", 1, Toy.numbers(2, 3_000));
    Cuts cuts = new Cuts();
    pipeline(assembly, log, cuts, 3, null, null, new Toy.Fold(need)).run(Flux.never()).block(LIMIT);

    List<Snapshot> chain = snapshots(cuts.all);
    Snapshot last = chain.get(chain.size() - 1);
    double used = last.metrics().get("samples-lower") + last.metrics().get("samples-upper");
    // what is left is less than a step of the level that is short, and the bound of the other
    assertThat(used).isGreaterThan(5_000);
    double[] replayed = LedgerReplay.run(log, assembly, chain, new Toy.Fold(need));
    assertThat(new double[] {last.x()[0], last.y()[0]}).containsExactly(replayed);
  }

  @Test
  void a_share_that_can_never_do_for_a_step_is_named() {
    Toy.Log log = new Toy.Log(50).lane("s", 0, Toy.numbers(1, 6_000));
    Toy.Fold solver = new Toy.Fold(new Consumption(20, 1));
    assertThatThrownBy(
            () ->
                pipeline(assembly("hash", 8, 5), log, new Cuts(), 3, null, null, solver)
                    .run(Flux.never())
                    .block(LIMIT))
        .isInstanceOf(StarvedException.class)
        .hasMessageContaining("samples for the train level among")
        .hasMessageContaining("a step takes 20 batches of the first, at least a sample each")
        .hasMessageContaining("a larger solver.batch.upper");
  }

  @Test
  void a_level_that_is_ahead_is_not_polled_further() {
    Toy.Log log =
        new Toy.Log(10).lane("t", 0, Toy.numbers(1, 100_000)).lane("v", 0, Toy.numbers(2, 16));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 8, 8), log, cuts, 1, null).run(Flux.never()).blockOptional(LIMIT);
    assertThat(cuts.all).hasSize(2);
    // 16 rows used, two batches and one poll or two ahead, and the polls of the other level
    assertThat(log.polls.get()).isLessThan(15);
  }

  @ParameterizedTest(name = "stop while sample {0} is decoded")
  @ValueSource(ints = {1, 9, 17, 40, 41, 130})
  void a_stop_amid_decoding_leaves_positions_that_agree_with_ledger_and_dead_letters(int at)
      throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger decoded = new AtomicInteger();
    Assembly plain = assembly("topics", 8, 5);
    Assembly held =
        new Assembly(
            plain.feeds(),
            plain.schemas(),
            8,
            5,
            plain.linger(),
            plain.roles(),
            () -> new HeldDecoder(decoded, at, reached, goOn));
    Cuts first = new Cuts();
    Sinks.Empty<Void> stop = Sinks.empty();
    var run = pipeline(held, log("topics", 50), first, 3, null).run(stop.asMono()).toFuture();
    assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
    Thread stopper = new Thread(stop::tryEmitEmpty);
    stopper.start();
    stopper.join();
    goOn.countDown();
    await().atMost(LIMIT).until(run::isDone);

    Checkpoint checkpoint =
        first.all.isEmpty() ? null : first.all.get(first.all.size() - 1).checkpoint();
    Cuts second = new Cuts();
    pipeline(plain, log("topics", 50), second, 3, checkpoint).run(Flux.never()).block(LIMIT);
    List<Cut> both = new ArrayList<>(first.all);
    both.addAll(second.all);
    List<Snapshot> chain = snapshots(both);
    double[] replayed = LedgerReplay.run(log("topics", 50), plain, chain);
    Snapshot last = chain.get(chain.size() - 1);
    assertThat(new double[] {last.x()[0], last.y()[0]}).containsExactly(replayed);
    List<String> letters = new ArrayList<>();
    both.forEach(c -> c.deadLetters().forEach(d -> letters.add(d.lane() + "@" + d.position())));
    assertThat(letters).containsExactlyInAnyOrder("t-0@17", "t-0@230.2");
  }

  /** Stands still at one sample until told to go on. */
  private static final class HeldDecoder implements SampleDecoder {
    private final Toy.Decoder decoder = new Toy.Decoder();
    private final AtomicInteger decoded;
    private final int at;
    private final CountDownLatch reached;
    private final CountDownLatch goOn;

    HeldDecoder(AtomicInteger decoded, int at, CountDownLatch reached, CountDownLatch goOn) {
      this.decoded = decoded;
      this.at = at;
      this.reached = reached;
      this.goOn = goOn;
    }

    @Override
    public int open(byte @Nullable [] bytes, @Nullable String contentType) {
      return decoder.open(bytes, contentType);
    }

    @Override
    public boolean decode(int index, Level as, Batch into) {
      if (decoded.incrementAndGet() == at) {
        reached.countDown();
        while (goOn.getCount() > 0) {
          Thread.onSpinWait(); // a solver's thread must not block
        }
      }
      return decoder.decode(index, as, into);
    }

    @Override
    public @Nullable Level role() {
      return decoder.role();
    }

    @Override
    public long idHash() {
      return decoder.idHash();
    }

    @Override
    public boolean hasId() {
      return decoder.hasId();
    }

    @Override
    public long eventTime() {
      return decoder.eventTime();
    }

    @Override
    public String rejection() {
      return decoder.rejection();
    }
  }

  @Test
  void dead_letters_do_not_pile_up_until_the_next_snapshot() {
    List<String> bad = Collections.nCopies(3 * TuningLoop.MOST_LETTERS, "bad");
    Toy.Log log = new Toy.Log(500).lane("t", 0, bad).lane("v", 0, Toy.numbers(2, 24));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 8, 8), log, cuts, 1000, null).run(Flux.never()).block(LIMIT);
    assertThat(cuts.all.stream().mapToInt(c -> c.deadLetters().size()).max().orElse(0))
        .isBetween(TuningLoop.MOST_LETTERS, TuningLoop.MOST_LETTERS + 1000);
    assertThat(cuts.all.stream().mapToInt(c -> c.deadLetters().size()).sum()).isEqualTo(bad.size());
  }

  @Test
  void a_ledger_begins_where_the_one_before_ended_though_a_run_was_cut_amid_rejected_records() {
    List<String> records = new ArrayList<>(Toy.numbers(1, 16));
    records.addAll(Collections.nCopies(TuningLoop.MOST_LETTERS + 600, "bad"));
    records.addAll(Toy.numbers(2, 16));
    Toy.Log log = new Toy.Log(500).lane("t", 0, records).lane("v", 0, Toy.numbers(3, 32));
    Cuts whole = new Cuts();
    pipeline(assembly("topics", 8, 8), log, whole, 1, null).run(Flux.never()).block(LIMIT);
    int cutAt = 0;
    while (whole.all.get(cutAt).snapshot() != null) {
      cutAt++;
    }
    List<Cut> both = new ArrayList<>(whole.all.subList(0, cutAt + 1));
    Checkpoint amid = both.get(cutAt).checkpoint();
    Cuts resumed = new Cuts();
    pipeline(
            assembly("topics", 8, 8),
            new Toy.Log(500).lane("t", 0, records).lane("v", 0, Toy.numbers(3, 32)),
            resumed,
            1,
            amid)
        .run(Flux.never())
        .block(LIMIT);
    both.addAll(resumed.all);
    List<Snapshot> chain = snapshots(both);
    assertThat(amid.positions()).isNotEqualTo(chain.get(cutAt - 1).positions());
    assertThat(chain).hasSize(4);
    for (int i = 1; i < chain.size(); i++) {
      assertThat(chain.get(i).ledger().from()).isEqualTo(chain.get(i - 1).positions());
    }
  }

  @Test
  void on_stop_the_last_cut_holds_what_was_not_cut_yet() {
    Toy.Log log = new Toy.Log(8).lane("t", 0, Toy.numbers(1, 24)).lane("v", 0, Toy.numbers(2, 24));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 8, 8), log, cuts, 2, null).run(Flux.never()).block(LIMIT);
    assertThat(snapshots(cuts.all).stream().map(Snapshot::step).toList()).containsExactly(2L, 3L);
    assertThat(snapshots(cuts.all).stream().map(s -> s.ledger().steps()).toList())
        .containsExactly(2L, 1L);
  }

  @Test
  void the_ledger_of_equal_steps_is_one_run() {
    Toy.Log log =
        new Toy.Log(64).lane("t", 0, Toy.numbers(1, 160)).lane("v", 0, Toy.numbers(2, 160));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 8, 4), log, cuts, 20, null).run(Flux.never()).block(LIMIT);
    Ledger ledger = snapshots(cuts.all).get(0).ledger();
    assertThat(ledger.runs())
        .containsExactly(new Ledger.Run(20, new int[] {0, 1, 0, 8, 1, 1, 1, 4}));
  }

  @Test
  void a_named_role_moves_a_sample_to_the_other_level() {
    Toy.Log log =
        new Toy.Log(64)
            .lane("t", 0, List.of("1", "validation:2", "3", "validation:4"))
            .lane("v", 0, List.of("train:5", "6"));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 1, 1), log, cuts, 1, null).run(Flux.never()).block(LIMIT);
    double samples = snapshots(cuts.all).get(cuts.all.size() - 1).metrics().get("samples-lower");
    assertThat(samples).isEqualTo(3);
    assertThat(cuts.all).hasSize(3);
  }

  @Test
  void a_step_that_is_not_finite_is_refused_and_counted_and_the_state_stands() {
    Toy.Log log =
        new Toy.Log(64).lane("t", 0, List.of("1", "NaN", "3")).lane("v", 0, List.of("1", "2", "3"));
    Cuts cuts = new Cuts();
    pipeline(assembly("topics", 1, 1), log, cuts, 1, null).run(Flux.never()).block(LIMIT);
    List<Snapshot> chain = snapshots(cuts.all);
    assertThat(chain.stream().map(Snapshot::step).toList()).containsExactly(1L, 1L, 2L);
    assertThat(chain.get(1).y()).isEqualTo(chain.get(0).y());
    assertThat(chain.get(2).metrics()).containsEntry("refused-steps", 1.0);
  }

  @Test
  void steps_refused_without_end_are_a_divergence() {
    Toy.Log log =
        new Toy.Log(64)
            .lane("t", 0, java.util.Collections.nCopies(200, "NaN"))
            .lane("v", 0, Toy.numbers(1, 200));
    assertThatThrownBy(
            () ->
                pipeline(assembly("topics", 1, 1), log, new Cuts(), 1000, null)
                    .run(Flux.never())
                    .block(LIMIT))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("100 steps in a row were refused, the last because y is not finite")
        .hasMessageEndingWith(
            "; smaller step sizes (thalweg methods fold lists them) or a smaller upper box may help");
  }

  @ParameterizedTest(name = "{0} refused, {1} in a row, of {2}: {3}")
  @CsvSource({"38, 8, 46, true", "1, 1, 2, true", "1, 1, 3, false", "38, 0, 46, false"})
  void a_run_diverged_when_it_ends_refused_and_no_fewer_steps_were_refused_than_advanced(
      long refused, long inRow, long steps, boolean diverged) {
    assertThat(new Refusals(refused, inRow, "y is not finite", "fold").prevail(steps))
        .isEqualTo(diverged);
  }

  @Test
  void records_on_their_way_to_the_solver_are_counted_until_it_takes_them_up() throws Exception {
    Toy.Log log = new Toy.Log(5).lane("t", 0, Toy.numbers(1, 400)).lane("v", 0, List.of());
    AtomicInteger polled = new AtomicInteger();
    SampleSource quiet =
        new SampleSource() {
          @Override
          public List<Lane> lanes() {
            return log.lanes();
          }

          @Override
          public Map<String, String> topicIds() {
            return log.topicIds();
          }

          @Override
          public Positions beginning() {
            return log.beginning();
          }

          @Override
          public Flux<RecordBatch> records(Feed feed, Positions start) {
            return feed.equals(VALIDATION)
                ? Flux.never()
                : log.records(feed, start).doOnNext(r -> polled.addAndGet(r.size()));
          }
        };
    SolverPipeline pipeline =
        pipeline(assembly("topics", 8, 8), quiet, new Cuts(), 10, null, DECODING);
    Sinks.Empty<Void> stop = Sinks.empty();
    var running = pipeline.run(stop.asMono()).toFuture();
    await()
        .during(Duration.ofMillis(300))
        .atMost(LIMIT)
        .until(
            () ->
                pipeline.ahead() > 0
                    && polled.get() == pipeline.ahead() + pipeline.progress().waitingLower());
    assertThat(polled.get()).isLessThan(400);
    stop.tryEmitEmpty();
    running.get(30, TimeUnit.SECONDS);
  }

  @Test
  void a_checkpoint_of_another_log_or_configuration_is_refused() {
    Cuts cuts = new Cuts();
    Toy.Log log = new Toy.Log(8).lane("t", 0, Toy.numbers(1, 24)).lane("v", 0, Toy.numbers(2, 24));
    pipeline(assembly("topics", 8, 8), log, cuts, 1, null).run(Flux.never()).block(LIMIT);
    Checkpoint checkpoint = cuts.all.get(0).checkpoint();
    Toy.Log recreated =
        new Toy.Log(8).lane("t", 0, Toy.numbers(1, 24)).lane("v", 0, Toy.numbers(2, 24));
    recreated.topicId = "another";
    assertThatThrownBy(
            () ->
                pipeline(assembly("topics", 8, 8), recreated, cuts, 1, checkpoint)
                    .run(Flux.never())
                    .block(LIMIT))
        .isInstanceOf(ResumeException.class)
        .hasMessageContaining("topic t was deleted and made anew");
    Toy.Log grown =
        new Toy.Log(8)
            .lane("t", 0, Toy.numbers(1, 24))
            .lane("t", 1, Toy.numbers(1, 24))
            .lane("v", 0, Toy.numbers(2, 24));
    assertThatThrownBy(
            () ->
                pipeline(assembly("topics", 8, 8), grown, cuts, 1, checkpoint)
                    .run(Flux.never())
                    .block(LIMIT))
        .isInstanceOf(ResumeException.class)
        .hasMessageContaining("t-1");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "uv, 2; the checkpoint holds no xy",
        "xy, 3; the checkpoint holds 3 numbers for xy, but the solver expects 2"
      })
  void a_state_that_does_not_fit_the_solver_is_refused(String slot, String message) {
    Cuts cuts = new Cuts();
    Toy.Log log = new Toy.Log(8).lane("t", 0, Toy.numbers(1, 24)).lane("v", 0, Toy.numbers(2, 24));
    pipeline(assembly("topics", 8, 8), log, cuts, 1, null).run(Flux.never()).block(LIMIT);
    Checkpoint fits = cuts.all.get(0).checkpoint();
    String[] nameAndLength = slot.split(", ");
    Checkpoint other =
        new Checkpoint(
            fits.config(),
            fits.epoch(),
            fits.version(),
            fits.previous(),
            fits.positions(),
            fits.topicIds(),
            List.of(
                new StateArray.Doubles(
                    nameAndLength[0], new double[Integer.parseInt(nameAndLength[1])]),
                new StateArray.Longs("t", new long[1])),
            fits.tally());
    assertThatThrownBy(
            () ->
                pipeline(assembly("topics", 8, 8), log, cuts, 1, other)
                    .run(Flux.never())
                    .block(LIMIT))
        .isInstanceOf(ResumeException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("another method, another option or for other dimensions");
  }
}
