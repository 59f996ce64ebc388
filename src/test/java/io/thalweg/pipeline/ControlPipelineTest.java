package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Signature;
import io.thalweg.stream.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Commands of operators, from where they are read to the snapshots that answer them. */
class ControlPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);

  /** What the control topic holds in these tests. */
  private static final Map<String, Instruction> WORDS =
      Map.of(
          "pause", new Instruction.Pause(),
          "resume", new Instruction.Resume(),
          "snapshot", new Instruction.Publish(),
          "narrow", new Instruction.Bounds(List.of("a.*"), 10, 20),
          "freeze b", new Instruction.Freeze(List.of("b"), true),
          "half", new Instruction.StepSize(0.5),
          "nothing", new Instruction.ResetEstimators(),
          "back to 2", new Instruction.RollBack(2));

  private static final Signature ANN = new Signature("INC-\u00e4", "ann");

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
  }

  /** A topic whose records appear when a run has taken so many steps. */
  private final class Topic implements ControlSource {
    private final TreeMap<Long, ControlRead> due = new TreeMap<>();
    private final Sinks.Many<ControlRead> sink = Sinks.many().unicast().onBackpressureBuffer();
    private String id = "c1";
    private long from = -1;
    private long steps;

    Topic at(long step, ControlRecord... records) {
      return at(step, records[records.length - 1].offset() + 1, List.of(records));
    }

    /** Records that ask for nothing of this job are read up to a place. */
    Topic passes(long step, long next) {
      return at(step, next, List.of());
    }

    private Topic at(long step, long next, List<ControlRecord> records) {
      due.put(step, new ControlRead(records, next));
      return this;
    }

    @Override
    public Map<String, String> topicIds() {
      return Map.of("control", id);
    }

    @Override
    public long resume(long next, Map<String, String> ids) {
      return ids.getOrDefault("control", id).equals(id) ? next : unanswered();
    }

    @Override
    public long unanswered() {
      return 100;
    }

    @Override
    public Flux<ControlRead> records(long first) {
      from = first;
      return sink.asFlux().doOnSubscribe(s -> step(0));
    }

    void step(long more) {
      steps += more;
      ControlRead now = due.remove(steps);
      if (now != null && now.next() > from) {
        List<ControlRecord> left = now.records().stream().filter(r -> r.offset() >= from).toList();
        sink.tryEmitNext(new ControlRead(left, now.next()));
      }
    }
  }

  private final List<Cut> cuts = new ArrayList<>();

  /** Completes with the first cut that answers a command. */
  private final Sinks.Empty<Void> answered = Sinks.empty();

  private void taken(Cut cut) {
    cuts.add(cut);
    Snapshot snapshot = cut.snapshot();
    if (snapshot != null && !snapshot.events().isEmpty()) {
      answered.tryEmitEmpty();
    }
  }

  private ControlRecord record(long offset, String words) {
    Instruction instruction = WORDS.get(words);
    return instruction == null
        ? ControlRecord.refused(offset, "no command: " + words)
        : ControlRecord.of(
                offset,
                instruction,
                words,
                instruction instanceof Instruction.RollBack back ? target(back.version()) : null)
            .signed(ANN, 1_000 * offset);
  }

  private static Pause by(long offset) {
    return new Pause(offset, 1_000 * offset, ANN);
  }

  private final double[] fifth = {5, 6, 7};

  private ControlRecord.Target target(long version) {
    return new ControlRecord.Target(version, fifth.clone(), new double[] {1});
  }

  private static Assembly assembly() {
    return new Assembly(
        List.of(new Feed("s", null)),
        Toy.schemas(),
        4,
        4,
        NEVER,
        new Roles(new Roles.Split.Prequential()),
        Toy.Decoder::new);
  }

  private static List<String> values() {
    List<String> values = new ArrayList<>(Toy.numbers(5, 400));
    values.set(13, "nonsense");
    return values;
  }

  private Progress run(Topic topic, @Nullable Checkpoint from, int perPoll, Publisher<?> stop) {
    Toy.Log log = new Toy.Log(perPoll).lane("s", 0, values());
    Tuning tuning =
        new Tuning(
            "toy",
            "helm",
            "config",
            "test",
            new Toy.Means(),
            new Helm(),
            Helm.VIEW,
            Integer.MAX_VALUE,
            new Cadence(7, NEVER),
            () -> 0);
    CutSink sink =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            return Mono.fromRunnable(() -> taken(cut));
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    return new SolverPipeline(
            tuning,
            assembly(),
            log,
            sink,
            () -> Mono.justOrEmpty(from),
            topic,
            SOLVER,
            null,
            List.of(input -> topic.step(1)))
        .run(stop)
        .block(LIMIT);
  }

  private List<Snapshot> chain() {
    List<Snapshot> chain = new ArrayList<>();
    for (Cut cut : cuts) {
      Snapshot snapshot = cut.snapshot();
      if (snapshot != null) {
        chain.add(snapshot);
      }
    }
    return chain;
  }

  private Replay replay(int perRead) {
    return new Replay(
        assembly(),
        new Helm(),
        new ReplayTest.Lanes(List.of(new Lane("s", 0)), List.of(values()), perRead),
        Helm.VIEW,
        new CommandReader() {
          @Override
          public Asked read(String text) {
            return new Asked(WORDS.get(text), ANN);
          }

          @Override
          public ControlRecord.Target snapshot(long version) {
            return target(version);
          }
        });
  }

  private void assertReplays() {
    for (int perRead : new int[] {1, 50}) {
      Replay replay = replay(perRead);
      for (Snapshot snapshot : chain()) {
        assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
      }
    }
  }

  private List<String> answers() {
    return chain().stream()
        .flatMap(s -> s.events().stream())
        .filter(e -> e.figures().containsKey("offset"))
        .map(e -> e.kind() + " " + e.figures().get("offset").longValue() + " " + e.reason())
        .toList();
  }

  private Topic all() {
    return new Topic()
        .at(0, record(100, "snapshot"))
        .at(9, record(101, "narrow"), record(103, "freeze b"), record(104, "narow"))
        .at(30, record(110, "half"))
        .at(41, record(111, "nothing"), record(113, "back to 2"))
        .at(60, record(120, "half"));
  }

  @ParameterizedTest(name = "{0} per poll")
  @ValueSource(ints = {3, 16})
  void commands_are_obeyed_in_order_answered_at_once_and_recomputed(int perPoll) {
    Progress end = run(all(), null, perPoll, Flux.never());
    assertThat(answers())
        .containsExactly(
            "control 100 published",
            "control 101 bounds of a.* are [10.0, 20.0]",
            "control 103 b held",
            "control-rejected 104 no command: narow",
            "control 110 step sizes are 0.5 of the job's",
            "control-rejected 111 it has none",
            "control 113 gone back to version 2",
            "control 120 step sizes are 0.5 of the job's");
    assertThat(end.control())
        .isEqualTo(
            new ControlState(
                Pause.NONE,
                6,
                2,
                new Steered(
                    0.5,
                    List.of(
                        new Steered.Coordinate("a.0", 10, 20, false),
                        new Steered.Coordinate("a.1", 10, 20, false),
                        new Steered.Coordinate(
                            "b", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true)))));
    List<Snapshot> chain = chain();
    assertThat(chain.stream().map(Snapshot::version).toList())
        .isEqualTo(java.util.stream.LongStream.rangeClosed(1, chain.size()).boxed().toList());
    Snapshot first = chain.get(0);
    assertThat(first.step()).isZero();
    assertThat(first.ledger().commands()).containsExactly(new Ledger.Command(0, 100, "snapshot"));
    for (Snapshot snapshot : chain) {
      for (Event event : snapshot.events()) {
        if (event.figures().containsKey("offset")) { // the cut is taken before any further step
          assertThat(event.step()).isEqualTo(snapshot.step());
        }
      }
      for (Ledger.Command command : snapshot.ledger().commands()) {
        assertThat(command.after()).isEqualTo(snapshot.ledger().steps());
      }
    }
    assertThat(chain.stream().flatMap(s -> s.ledger().commands().stream()))
        .extracting(Ledger.Command::text)
        .doesNotContain("narow")
        .hasSize(7);
    Snapshot back = answeredBy(113);
    assertThat(back.x()).containsExactly(fifth);
    assertThat(back.events().get(back.events().size() - 1).figures())
        .containsEntry("from-version", back.version() - 1.0)
        .containsEntry("to-version", 2.0);
    assertReplays();
  }

  private Snapshot answeredBy(double offset) {
    return chain().stream()
        .filter(
            s ->
                s.events().stream()
                    .anyMatch(e -> Double.valueOf(offset).equals(e.figures().get("offset"))))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest(name = "cut {0}")
  @ValueSource(ints = {0, 1, 2, 4, 6, 9})
  void after_a_crash_each_command_takes_effect_once_in_what_was_committed(int at) {
    run(all(), null, 5, Flux.never());
    List<String> whole = answers();
    Checkpoint committed = cuts.get(at).checkpoint();
    cuts.subList(at + 1, cuts.size()).clear(); // the rest was never committed
    int known = answers().size();
    Topic topic = all();
    topic.steps = 0; // records that were there before are read at once
    TreeMap<Long, ControlRead> later = new TreeMap<>();
    topic.due.forEach((step, records) -> later.put(step == 0 ? 0 : step / 3, records));
    topic.due.clear();
    topic.due.putAll(later);
    run(topic, committed, 5, Flux.never());
    assertThat(topic.from).isEqualTo(known == 0 ? 100 : next(whole.get(known - 1)));
    assertThat(answers()).isEqualTo(whole);
    assertReplays();
  }

  private static long next(String answer) {
    return Long.parseLong(answer.split(" ")[1]) + 1;
  }

  @Test
  void a_place_that_moves_without_commands_is_committed_and_changes_nothing_else() {
    run(new Topic(), null, 3, Flux.never());
    List<Snapshot> undisturbed = chain();
    cuts.clear();
    run(new Topic().passes(0, 130).passes(20, 170), null, 3, Flux.never());
    assertThat(chain()).usingRecursiveComparison().isEqualTo(undisturbed);
    Checkpoint last = cuts.get(cuts.size() - 1).checkpoint();
    assertReplays();
    cuts.clear();
    Topic topic = new Topic();
    run(topic, last, 3, Flux.never());
    assertThat(topic.from).isEqualTo(170);
  }

  @Test
  void a_place_is_told_with_the_commands_before_it_and_not_sooner() {
    run(
        new Topic().at(9, record(100, "snapshot")).passes(10, 140).at(30, record(150, "half")),
        null,
        3,
        Flux.never());
    long[] places =
        cuts.stream()
            .mapToLong(cut -> ControlBook.of(cut.checkpoint()).next())
            .distinct()
            .toArray();
    assertThat(places).containsExactly(100, 101, 140, 151);
    for (Cut cut : cuts) {
      if (cut.snapshot() != null && !cut.snapshot().ledger().commands().isEmpty()) {
        assertThat(ControlBook.of(cut.checkpoint()).next())
            .isEqualTo(cut.snapshot().ledger().commands().get(0).offset() + 1);
      }
    }
  }

  @Test
  void a_topic_made_anew_is_known_by_its_id_and_begun_at_what_nobody_has_answered() {
    run(new Topic().at(0, record(100, "snapshot")).passes(3, 400), null, 3, Flux.never());
    Checkpoint last = cuts.get(cuts.size() - 1).checkpoint();
    assertThat(last.topicIds()).containsEntry("control", "c1").containsKey("s").hasSize(2);
    Topic same = new Topic();
    run(same, last, 3, Flux.never());
    assertThat(same.from).isEqualTo(400);
    Topic anew = new Topic();
    anew.id = "c2";
    run(anew, last, 3, Flux.never());
    assertThat(anew.from).as("longer than the old one or not").isEqualTo(100);
    Checkpoint before =
        new Checkpoint(
            last.config(),
            last.epoch(),
            last.version(),
            last.previous(),
            last.positions(),
            Map.of("s", last.topicIds().get("s")),
            last.solver(),
            last.tally());
    Topic unknown = new Topic();
    run(unknown, before, 3, Flux.never());
    assertThat(unknown.from).as("a checkpoint of an earlier version").isEqualTo(400);
  }

  @Test
  void a_paused_run_takes_nothing_in_publishes_nothing_and_stops_in_order() {
    Topic topic = new Topic().at(9, record(100, "pause"));
    Sinks.Empty<Void> stop = Sinks.empty();
    answered
        .asMono()
        .then(Mono.delay(Duration.ofMillis(200))) // in which a run that goes on would take steps
        .subscribe(later -> stop.tryEmitEmpty());
    Progress end = run(topic, null, 3, stop.asMono());
    assertThat(end.control()).isEqualTo(new ControlState(by(100), 1, 0));
    Snapshot last = chain().get(chain().size() - 1);
    assertThat(last.events()).extracting(Event::reason).containsExactly("paused");
    assertThat(last.step()).isBetween(9L, 30L).isEqualTo(end.step());
    assertThat(cuts.get(cuts.size() - 1).snapshot()).as("nothing after it").isSameAs(last);
    assertReplays();
  }

  @Test
  void a_restart_stays_paused_and_after_resume_it_ends_where_an_undisturbed_run_ends() {
    run(new Topic(), null, 3, Flux.never());
    Snapshot undisturbed = chain().get(chain().size() - 1);
    cuts.clear();
    Sinks.Empty<Void> stop = Sinks.empty();
    Mono.delay(Duration.ofMillis(300)).subscribe(later -> stop.tryEmitEmpty());
    run(new Topic().at(9, record(100, "pause")), null, 3, stop.asMono());
    Cut paused = cuts.get(cuts.size() - 1);
    int before = cuts.size();

    Sinks.Empty<Void> again = Sinks.empty();
    Mono.delay(Duration.ofMillis(300)).subscribe(later -> again.tryEmitEmpty());
    Progress waited = run(new Topic(), paused.checkpoint(), 3, again.asMono());
    assertThat(waited.control().pause()).as("who, when").isEqualTo(by(100));
    assertThat(cuts).as("nothing is owed").hasSize(before);

    Topic topic = new Topic().at(0, record(107, "resume"));
    run(topic, paused.checkpoint(), 3, Flux.never());
    assertThat(topic.from).isEqualTo(101);
    Snapshot last = chain().get(chain().size() - 1);
    assertThat(last.x()).containsExactly(undisturbed.x());
    assertThat(last.y()).containsExactly(undisturbed.y());
    assertThat(last.metrics()).isEqualTo(undisturbed.metrics());
    assertReplays();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"left out", "moved", "changed"})
  void a_ledger_whose_commands_were_tampered_with_differs(String how) {
    run(all(), null, 5, Flux.never());
    Replay replay = replay(50);
    for (Snapshot snapshot : chain()) {
      if (snapshot.ledger().commands().stream().noneMatch(c -> c.text().equals("half"))) {
        assertThat(replay.recompute(snapshot)).isNull();
        continue;
      }
      Ledger ledger = snapshot.ledger();
      Ledger.Command command = ledger.commands().get(0);
      List<Ledger.Command> other =
          switch (how) {
            case "left out" -> List.of();
            case "moved" -> List.of(new Ledger.Command(0, command.offset(), command.text()));
            default -> List.of(new Ledger.Command(command.after(), command.offset(), "freeze b"));
          };
      assertThat(ledger.steps()).isPositive();
      assertThat(replay.recompute(with(snapshot, ledger, other))).isNotNull();
      return;
    }
    throw new AssertionError("no snapshot answers half");
  }

  @Test
  void a_replay_that_does_not_read_commands_says_so() {
    run(all(), null, 5, Flux.never());
    Replay replay =
        new Replay(
            assembly(),
            new Helm(),
            new ReplayTest.Lanes(List.of(new Lane("s", 0)), List.of(values()), 9));
    assertThatThrownBy(() -> replay.recompute(chain().get(0)))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("version 1 took commands in");
  }

  @Test
  void a_checkpoint_of_before_begins_at_what_nobody_has_answered() {
    run(new Topic(), null, 5, Flux.never());
    Checkpoint old = cuts.get(2).checkpoint();
    Checkpoint without =
        new Checkpoint(
            old.config(),
            old.epoch(),
            old.version(),
            old.previous(),
            old.positions(),
            old.topicIds(),
            old.solver(),
            old.tally().stream().filter(piece -> !piece.name().equals("control")).toList());
    assertThat(without.tally()).hasSizeLessThan(old.tally().size());
    Topic topic = new Topic();
    run(topic, without, 5, Flux.never());
    assertThat(topic.from).isEqualTo(100);
  }

  private static Snapshot with(Snapshot s, Ledger ledger, List<Ledger.Command> commands) {
    return new Snapshot(
        s.job(),
        s.epoch(),
        s.version(),
        s.step(),
        s.timeMillis(),
        s.method(),
        s.config(),
        s.upper(),
        s.x(),
        s.y(),
        s.members(),
        s.range(),
        s.metrics(),
        s.positions(),
        new Ledger(ledger.from(), ledger.runs(), commands),
        s.eventTimeMillis(),
        s.software(),
        s.events());
  }
}
