package io.thalweg.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Records on one topic, their labels on another: joined, over restarts, recomputed. */
class LateLabelsPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final List<Lane> LANES = List.of(new Lane("calls", 0), new Lane("outcomes", 0));
  private static final int FEATURES = 3;
  private static final int RECORDS = 300;

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
  }

  private final Problem problem;
  private final List<String> records = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final long[] labelTimes;

  /** Labels 20 to 60 records late, one in ten never, some twice, some of nobody. */
  LateLabelsPipelineTest() {
    problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of("type", "logistic-regression", "features", FEATURES, "encoding", "dense")));
    SplitMix64 rng = new SplitMix64(7);
    List<long[]> due = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      double a = rng.gaussian();
      double b = rng.gaussian();
      records.add("{\"id\":\"c" + i + "\",\"x\":[" + a + "," + b + "," + rng.gaussian() + "]}");
      int label = a - 0.5 * b + 0.3 * rng.gaussian() > 0 ? 1 : 0;
      if (i % 10 != 3) {
        due.add(new long[] {1000 + i + 20 + rng.index(40), i, label});
      }
      if (i % 50 == 7) {
        due.add(new long[] {1000 + i, i + 10_000, label});
        due.add(new long[] {1000 + i, i + 10_000, label});
      }
    }
    records.set(40, "{\"id\":\"c40\",\"x\":[1,2]}");
    records.set(41, "{\"x\":[1,2,3]}");
    due.sort((p, q) -> Long.compare(p[0], q[0]));
    labelTimes = due.stream().mapToLong(d -> d[0]).toArray();
    due.forEach(d -> labels.add("{\"id\":\"c" + d[1] + "\",\"y\":" + d[2] + "}"));
    labels.set(30, "{\"y\":1}");
    labels.set(31, "{\"id\":\"c1\",\"y\":7}");
  }

  private Solver solver() {
    return Methods.create(
        Settings.of(
            "solver", Map.of("method", "auto", "labels", Map.of("expire", Map.of("records", 50)))),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        42);
  }

  private Assembly assembly(Turns turns, int rows, Duration linger) {
    SampleSchema joined = LateLabels.joined(problem.schema(Level.LOWER));
    return new Assembly(
        List.of(new Feed("calls", Level.LOWER), new Feed("outcomes", Level.UPPER)),
        Map.of(Level.LOWER, joined, Level.UPPER, joined),
        rows,
        rows,
        linger,
        new Roles(new Roles.Split.Labels(turns)),
        () ->
            SampleDecoders.joining(
                SampleOptions.of(SampleFormat.JSON), problem.schema(Level.LOWER)));
  }

  private List<Cut> run(int perPoll, @Nullable Checkpoint from, boolean ahead) {
    return run(log(perPoll), from, ahead, 4, NEVER, 5);
  }

  private Toy.Log log(int perPoll) {
    Toy.Log log = new Toy.Log(perPoll);
    log.lane("calls", 0, records).lane("outcomes", 0, labels);
    log.times.put("outcomes", labelTimes);
    return log;
  }

  private List<Cut> run(
      SampleSource log,
      @Nullable Checkpoint from,
      boolean ahead,
      int rows,
      Duration linger,
      int steps) {
    List<Cut> cuts = new ArrayList<>();
    CutSink sink =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            return Mono.fromRunnable(() -> cuts.add(cut));
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    UpperView view =
        new UpperView() {
          @Override
          public String name(int i) {
            return "x" + i;
          }

          @Override
          public double unit(int i, double[] x) {
            return x[i];
          }
        };
    Tuning tuning =
        new Tuning(
            "toy",
            "auto",
            "config",
            "test",
            problem,
            solver(),
            view,
            Integer.MAX_VALUE,
            new Cadence(steps, NEVER),
            () -> 0);
    Scheduler decoding = ahead ? Schedulers.newParallel("test-decode", 2) : null;
    new SolverPipeline(
            tuning,
            assembly(Turns.BY_TIME, rows, linger),
            log,
            sink,
            () -> Mono.justOrEmpty(from),
            SOLVER,
            decoding,
            List.of())
        .run(Flux.never())
        .block(LIMIT);
    if (decoding != null) {
      decoding.dispose();
    }
    return cuts;
  }

  private static List<Snapshot> snapshots(List<Cut> cuts) {
    return cuts.stream()
        .flatMap(cut -> java.util.stream.Stream.ofNullable(cut.snapshot()))
        .toList();
  }

  @ParameterizedTest(name = "{0} per poll, {1} after the restart, ahead {2}")
  @CsvSource({"1,50,false", "64,7,false", "300,3,true"})
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(int perPoll, int then, boolean ahead) {
    List<Cut> whole = run(perPoll, null, ahead);
    assertThat(whole).hasSizeGreaterThan(20);
    for (int at = 0; at < whole.size() - 1; at += 3) {
      List<Cut> rest = whole.subList(at + 1, whole.size());
      List<Cut> again = run(then, whole.get(at).checkpoint(), false);
      assertThat(snapshots(again))
          .usingRecursiveComparison()
          .ignoringFields("epoch")
          .isEqualTo(snapshots(rest));
      assertThat(letters(again)).isEqualTo(letters(rest));
    }
  }

  private static List<String> letters(List<Cut> cuts) {
    List<String> out = new ArrayList<>();
    for (Cut cut : cuts) {
      for (DeadLetter letter : cut.deadLetters()) {
        out.add(letter.lane() + "@" + letter.position() + ": " + letter.reason());
      }
    }
    Collections.sort(out);
    return out;
  }

  @ParameterizedTest(name = "{0} per read")
  @CsvSource({"1", "13", "500"})
  void the_ledgers_replay_to_the_same_bits_over_a_restart(int perRead) {
    List<Cut> cuts = run(50, null, false);
    int half = cuts.size() / 2;
    List<Snapshot> chain = new ArrayList<>(snapshots(cuts.subList(0, half)));
    chain.addAll(snapshots(run(11, cuts.get(half - 1).checkpoint(), false)));
    Replay replay =
        new Replay(
            assembly(Turns.BY_TIME, 4, NEVER),
            solver(),
            new ReplayTest.Lanes(LANES, List.of(records, labels), perRead));
    for (Snapshot snapshot : chain) {
      assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
    }
    assertThat(replay.jumps()).isEmpty();
  }

  @Test
  void every_row_is_settled_waits_or_is_accounted_for() {
    List<Cut> cuts = run(50, null, false);
    Map<String, Double> end = cuts.get(cuts.size() - 1).snapshot().metrics();
    assertThat(end).containsEntry("samples-lower", RECORDS - 2.0); // 2 rejected
    assertThat(end).containsEntry("samples-upper", labels.size() - 2.0);
    assertThat(end).containsEntry("rejected-samples", 4.0);
    double waiting = end.get("waiting-records");
    double expired = end.get("expired-records");
    double early = end.get("early-labels");
    double unmatched = end.get("unmatched-labels");
    double duplicates = end.get("duplicate-ids");
    assertThat(duplicates).isEqualTo(6);
    double settled = RECORDS - 2 - waiting - expired;
    assertThat(settled).isEqualTo(labels.size() - 2 - early - unmatched - duplicates);
    assertThat(expired).isGreaterThan(20);
    assertThat(unmatched).isGreaterThan(4);
    assertThat(end.get("label-delay")).isBetween(25.0, 50.0);
    List<String> letters = letters(cuts);
    assertThat(letters).hasSize((int) (4 + duplicates + unmatched));
    assertThat(letters)
        .anyMatch(
            letter ->
                letter.startsWith("outcomes-0@")
                    && letter.endsWith(
                        "no record of this id came within 50 records or labels of it"))
        .anyMatch(letter -> letter.endsWith("id is missing: it joins a record with its label"));
  }

  /** Brings labels far more slowly than a batch lingers, and knows that there are more. */
  private static final class Slow implements SampleSource {
    private final Toy.Log log;
    private final AtomicBoolean done = new AtomicBoolean();

    Slow(Toy.Log log) {
      this.log = log;
    }

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
    public boolean mayHoldMore(Feed feed) {
      return feed.topic().equals("outcomes") && !done.get();
    }

    @Override
    public Flux<RecordBatch> records(Feed feed, Positions start) {
      Flux<RecordBatch> all = log.records(feed, start);
      return feed.topic().equals("outcomes")
          ? all.concatMap(
                  batch ->
                      Flux.concat(
                          Flux.<RecordBatch>just(NOTHING, NOTHING, NOTHING)
                              .delayElements(Duration.ofMillis(30)),
                          Flux.just(batch)),
                  1)
              .doOnComplete(() -> done.set(true))
          : all;
    }
  }

  @Test
  void a_topic_that_holds_more_is_waited_for_and_its_labels_do_not_expire() {
    Duration linger = Duration.ofMillis(5);
    Map<String, Double> fast = end(run(log(40), null, false, 4, NEVER, 5));
    Map<String, Double> slow = end(run(new Slow(log(40)), null, false, 4, linger, 5));
    for (String figure :
        List.of(
            "joined-labels",
            "expired-records",
            "unmatched-labels",
            "waiting-records",
            "label-delay",
            "reference-loss")) {
      assertThat(slow.get(figure)).as(figure).isEqualTo(fast.get(figure));
    }
  }

  private static Map<String, Double> end(List<Cut> cuts) {
    return cuts.get(cuts.size() - 1).snapshot().metrics();
  }

  @Test
  void the_ledger_makes_a_cut_due_before_a_snapshot_would_be_too_large() {
    List<String> calls = new ArrayList<>();
    List<String> outcomes = new ArrayList<>();
    int rows = 40_000;
    long[] times = new long[rows];
    for (int i = 0; i < rows; i++) {
      calls.add("{\"id\":" + i + ",\"x\":[1,2,3]}");
      outcomes.add("{\"id\":" + i + ",\"y\":1}");
      times[i] = 1000 + i; // one label after each record
    }
    Toy.Log log = new Toy.Log(500).lane("calls", 0, calls).lane("outcomes", 0, outcomes);
    log.times.put("outcomes", times);
    List<Cut> cuts = run(log, null, false, 63, NEVER, Integer.MAX_VALUE);
    assertThat(cuts).hasSizeGreaterThan(1);
    for (Snapshot snapshot : snapshots(cuts)) {
      long words = snapshot.ledger().runs().stream().mapToLong(run -> 1 + run.shape().length).sum();
      assertThat(words).isLessThan(TuningLoop.MOST_LEDGER_WORDS + 2 * 63 + 3);
    }
    assertThat(end(cuts)).containsEntry("joined-labels", (double) rows);
  }

  private static final class Values implements RecordBatch {
    private final int lane;
    private final long from;
    private final long[] times;
    private final List<String> values;

    Values(int lane, long from, long[] times, String... values) {
      this.lane = lane;
      this.from = from;
      this.times = times;
      this.values = List.of(values);
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public int lane(int i) {
      return lane;
    }

    @Override
    public long offset(int i) {
      return from + i;
    }

    @Override
    public long timestamp(int i) {
      return times[i];
    }

    @Override
    public byte @Nullable [] key(int i) {
      return null;
    }

    @Override
    public byte[] value(int i) {
      return values.get(i).getBytes(UTF_8);
    }

    @Override
    public List<Header> headers(int i) {
      return List.of(new Header(Roles.HEADER, "validation".getBytes(UTF_8)));
    }
  }

  private static final RecordBatch NOTHING = new Values(0, 0, new long[0]);
  private static final long LINGER = 100;

  private StepAssembler assembler(Turns turns, int rows) {
    return new StepAssembler(
        assembly(turns, rows, Duration.ofNanos(LINGER)),
        LANES,
        Positions.at(LANES, List.of(Position.START, Position.START)));
  }

  private static String rows(@Nullable Draw draw) {
    if (draw == null) {
      return "none";
    }
    StringBuilder out = new StringBuilder();
    Batch batch = draw.input().lower().get(0);
    for (int r = 0; r < batch.size(); r++) {
      out.append(LateLabels.isLabel(batch, r) ? "l" : "r").append(LateLabels.offset(batch, r));
    }
    return out.toString();
  }

  private Values someRecords(long from, long... times) {
    String[] some = records.subList((int) from, (int) from + times.length).toArray(new String[0]);
    return new Values(0, from, times, some);
  }

  private Values someLabels(long from, long... times) {
    String[] some = labels.subList((int) from, (int) from + times.length).toArray(new String[0]);
    return new Values(1, from, times, some);
  }

  @Test
  void rows_come_in_the_order_of_their_times_whatever_comes_to_hand_first() {
    StepAssembler assembler = assembler(Turns.BY_TIME, 6);
    assembler.offer(1, someLabels(0, 5, 20, 20));
    assertThat(assembler.next(0, Consumption.ONE_OF_EACH)).isNull();
    assembler.offer(0, someRecords(0, 1, 5, 20, 21));
    assertThat(rows(assembler.next(1, Consumption.ONE_OF_EACH))).isEqualTo("r0r1l0r2l1l2");
  }

  @Test
  void a_row_from_the_future_stops_those_behind_it_for_half_a_minute_at_most() {
    StepAssembler assembler = assembler(Turns.BY_TIME, 2);
    assembler.offer(0, someRecords(0, 1_000_000, 3, 4));
    assembler.offer(1, someLabels(0, 2, 3, 4, 5));
    long later = 30_000_000_000L;
    assertThat(rows(assembler.next(1, Consumption.ONE_OF_EACH))).isEqualTo("l0l1");
    assertThat(rows(assembler.next(later, Consumption.ONE_OF_EACH))).isEqualTo("l2l3");
    assertThat(assembler.next(later, Consumption.ONE_OF_EACH)).isNull();
    assembler.offer(1, someLabels(4, 6, 7));
    assertThat(rows(assembler.next(later + 1, Consumption.ONE_OF_EACH))).isEqualTo("r0r1");
  }

  @Test
  void by_count_a_label_comes_so_many_records_late_whatever_the_times() {
    StepAssembler assembler = assembler(Turns.afterRecords(2), 7);
    assembler.offer(1, someLabels(0, 0, 0, 0));
    assembler.offer(0, someRecords(0, 9, 9, 9, 9));
    assertThat(rows(assembler.next(1, Consumption.ONE_OF_EACH))).isEqualTo("none");
    assembler.end(1);
    assembler.end(0);
    assertThat(rows(assembler.next(1, Consumption.ONE_OF_EACH))).isEqualTo("r0r1r2l0r3l1l2");
  }

  @Test
  void a_topic_that_falls_silent_is_waited_for_once_and_no_longer_than_the_linger() {
    StepAssembler assembler = assembler(Turns.BY_TIME, 4);
    assembler.offer(0, someRecords(0, 1));
    assertThat(assembler.next(0, Consumption.ONE_OF_EACH)).isNull(); // labels never answered
    assembler.offer(1, NOTHING);
    assertThat(assembler.next(10, Consumption.ONE_OF_EACH)).isNull();
    assertThat(assembler.lingeredNanos(10)).isEqualTo(10 + LINGER);
    assertThat(assembler.wants(1)).isTrue();
    assembler.offer(1, NOTHING);
    assertThat(assembler.next(10 + LINGER - 1, Consumption.ONE_OF_EACH)).isNull();
    // taken now, and the started batch lingers as any other does
    assertThat(assembler.next(10 + LINGER, Consumption.ONE_OF_EACH)).isNull();
    assertThat(assembler.lingeredNanos(10 + LINGER)).isEqualTo(10 + 2 * LINGER);
    assertThat(rows(assembler.next(10 + 2 * LINGER, Consumption.ONE_OF_EACH))).isEqualTo("r0");
    // labels are still silent: nothing waits for them
    assembler.offer(0, someRecords(1, 2, 3, 4, 5));
    assertThat(rows(assembler.next(500, Consumption.ONE_OF_EACH))).isEqualTo("r1r2r3r4");
    // records are silent now; labels alone make steps
    assembler.offer(1, someLabels(0, 6, 7, 8, 9));
    assertThat(assembler.next(510, Consumption.ONE_OF_EACH)).isNull();
    assertThat(rows(assembler.next(700, Consumption.ONE_OF_EACH))).isEqualTo("l0l1l2l3");
  }

  @Test
  void a_topic_that_holds_more_is_waited_for_longer_but_not_for_ever() {
    boolean[] more = {true};
    StepAssembler assembler =
        new StepAssembler(
            assembly(Turns.BY_TIME, 2, Duration.ofNanos(LINGER)),
            LANES,
            Positions.at(LANES, List.of(Position.START, Position.START)),
            feed -> feed == 1 && more[0]);
    assembler.offer(0, someRecords(0, 1, 2, 9, 10));
    assembler.offer(1, NOTHING);
    assertThat(assembler.next(10, Consumption.ONE_OF_EACH)).isNull();
    long half = 30_000_000_000L;
    assertThat(assembler.next(10 + half - 1, Consumption.ONE_OF_EACH)).isNull();
    assertThat(assembler.lingeredNanos(10 + half - 1)).isEqualTo(10 + half);
    assertThat(rows(assembler.next(10 + half, Consumption.ONE_OF_EACH))).isEqualTo("r0r1");
    assembler.offer(1, someLabels(0, 3)); // back, and waited for again
    assertThat(assembler.next(11 + half, Consumption.ONE_OF_EACH)).isNull();
    assembler.offer(1, NOTHING);
    // the started batch lingers as any other does; the next record waits
    assertThat(rows(assembler.next(12 + half + LINGER, Consumption.ONE_OF_EACH))).isEqualTo("l0");
    assertThat(assembler.next(13 + half + LINGER, Consumption.ONE_OF_EACH)).isNull();
    more[0] = false; // read to its end
    assembler.offer(1, NOTHING);
    assertThat(rows(assembler.next(14 + half + LINGER, Consumption.ONE_OF_EACH))).isEqualTo("r2r3");
  }

  @Test
  void a_row_that_waits_for_its_turn_is_read_again_after_a_restart() {
    StepAssembler assembler = assembler(Turns.BY_TIME, 2);
    assembler.offer(1, someLabels(0, 50));
    assembler.offer(0, someRecords(0, 1, 2, 3));
    assertThat(rows(assembler.next(0, Consumption.ONE_OF_EACH))).isEqualTo("r0r1");
    Positions at = assembler.positions();
    assertThat(at.resumeOffset(0)).isEqualTo(2);
    assertThat(at.resumeOffset(1)).isZero();
  }

  @Test
  void a_topic_for_each_is_asked_for() {
    Assembly good = assembly(Turns.BY_TIME, 2, NEVER);
    assertThatThrownBy(
            () ->
                new Assembly(
                    List.of(new Feed("calls", Level.LOWER)),
                    good.schemas(),
                    2,
                    2,
                    NEVER,
                    good.roles(),
                    good.decoders()))
        .hasMessageContaining("a topic of records and then one of labels");
  }
}
