package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A method that reads one level, through the pipeline, with its own decoder, state and ledger. */
class OneLevelPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Scheduler DECODING = Schedulers.newParallel("test-decode", 1);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int RECORDS = 400;
  private static final Lane LANE = new Lane("v", 0);
  private static final List<String> VALUES = values();

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
    DECODING.dispose();
  }

  /** Every seventh names the other role in its body, every eleventh in its header; one is bad. */
  private static List<String> values() {
    SplitMix64 rng = new SplitMix64(1);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      String sample =
          "\"a\":[" + rng.gaussian() + "," + rng.gaussian() + "],\"b\":" + (1 + rng.uniform());
      out.add("{" + sample + (namesOtherInBody(i) ? ",\"role\":\"train\"}" : "}"));
    }
    out.set(100, "{\"a\":[1],\"b\":2}");
    return out;
  }

  private static boolean namesOtherInBody(int i) {
    return i % 7 == 3;
  }

  private static boolean namesOtherInHeader(int i) {
    return i % 11 == 5;
  }

  private static boolean isForeign(int i) {
    return namesOtherInBody(i) || namesOtherInHeader(i);
  }

  private static Problem problem() {
    return Problems.create(Settings.of("problem", Map.of("type", "phase-retrieval", "d", 2)));
  }

  private static Solver solver(Problem problem) {
    return Methods.create(
        Settings.of(
            "solver",
            Map.of(
                "method",
                "geometric-step-decay",
                "model",
                "proximal",
                "alpha0",
                0.05,
                "K",
                20,
                "T",
                9,
                "random-stop",
                true)),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        42);
  }

  private static Assembly assembly(Problem problem) {
    Map<Level, SampleSchema> schemas =
        Map.of(Level.LOWER, problem.schema(Level.LOWER), Level.UPPER, problem.schema(Level.UPPER));
    return new Assembly(
        List.of(new Feed(LANE.topic(), Level.UPPER)),
        schemas,
        64,
        4,
        NEVER,
        new Roles(new Roles.Split.Topics()),
        () -> SampleDecoders.create(SampleOptions.of(SampleFormat.JSON), schemas),
        Set.of(Level.UPPER),
        false);
  }

  /** Records of the one lane from an offset on. */
  private record Records(int from, int size) implements RecordBatch {
    @Override
    public int lane(int i) {
      return 0;
    }

    @Override
    public long offset(int i) {
      return from + (long) i;
    }

    @Override
    public long timestamp(int i) {
      return 0;
    }

    @Override
    public byte @Nullable [] key(int i) {
      return null;
    }

    @Override
    public byte @Nullable [] value(int i) {
      return VALUES.get(from + i).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<Header> headers(int i) {
      return namesOtherInHeader(from + i)
          ? List.of(new Header(Roles.HEADER, "train".getBytes(StandardCharsets.UTF_8)))
          : List.of();
    }
  }

  private static SampleSource source(int perPoll, int records) {
    return new SampleSource() {
      @Override
      public List<Lane> lanes() {
        return List.of(LANE);
      }

      @Override
      public Map<String, String> topicIds() {
        return Map.of(LANE.topic(), "id");
      }

      @Override
      public Positions beginning() {
        return Positions.at(lanes(), List.of(Position.START));
      }

      @Override
      public Flux<RecordBatch> records(Feed feed, Positions start) {
        assertThat(feed.topic()).isEqualTo(LANE.topic());
        return Flux.generate(
            () -> (int) start.resumeOffset(0),
            (at, out) -> {
              int size = Math.min(perPoll, records - at);
              if (size == 0) {
                out.complete();
              } else {
                out.next(new Records(at, size));
              }
              return at + size;
            });
      }
    };
  }

  private static List<Cut> run(
      int perPoll, @Nullable Checkpoint from, @Nullable Scheduler decoding) {
    List<Cut> cuts = new ArrayList<>();
    run(source(perPoll, RECORDS), from, decoding, cuts);
    return cuts;
  }

  private static Progress run(
      SampleSource source,
      @Nullable Checkpoint from,
      @Nullable Scheduler decoding,
      List<Cut> cuts) {
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
    Problem problem = problem();
    UpperView view =
        new UpperView() {
          @Override
          public String name(int i) {
            return problem.upperName(i);
          }

          @Override
          public double unit(int i, double[] x) {
            return problem.upperUnit(i, x);
          }
        };
    Tuning tuning =
        new Tuning(
            "toy",
            "geometric-step-decay",
            "config",
            "test",
            problem,
            solver(problem),
            view,
            Integer.MAX_VALUE,
            new Cadence(3, NEVER),
            () -> 0);
    return new SolverPipeline(
            tuning,
            assembly(problem),
            source,
            sink,
            () -> Mono.justOrEmpty(from),
            SOLVER,
            decoding,
            List.of())
        .run(Flux.never())
        .blockOptional(LIMIT)
        .orElseThrow();
  }

  @Test
  void step_1_takes_no_samples_and_so_tells_of_none() {
    List<Cut> cuts = new ArrayList<>();
    Progress empty = run(source(10, 0), null, null, cuts);
    assertThat(empty.step()).isOne();
    assertThat(empty.samples()).isZero();
    assertThat(empty.isIdle()).isTrue();
    assertThat(snapshots(cuts)).hasSize(1);
    assertThat(snapshots(cuts).get(0).ledger().runs())
        .containsExactly(new Ledger.Run(1, new int[0]));
    Progress foreign = run(source(10, 4), null, null, cuts);
    assertThat(foreign.step()).isEqualTo(2);
    assertThat(foreign.isIdle()).isFalse();
  }

  private static List<Snapshot> snapshots(List<Cut> cuts) {
    List<Snapshot> out = new ArrayList<>();
    for (Cut cut : cuts) {
      Snapshot snapshot = cut.snapshot();
      if (snapshot != null) {
        out.add(snapshot);
      }
    }
    return out;
  }

  @Test
  void every_sample_of_the_level_is_taken_and_those_of_the_other_role_are_counted() {
    List<Snapshot> all = snapshots(run(50, null, null));
    long foreign = 0;
    for (int i = 0; i < RECORDS; i++) {
      foreign += isForeign(i) ? 1 : 0;
    }
    Snapshot last = all.get(all.size() - 1);
    assertThat(isForeign(100)).isFalse();
    assertThat(last.metrics())
        .containsEntry("samples-upper", (double) (RECORDS - foreign - 1))
        .containsEntry("left-out-samples", (double) foreign)
        .containsEntry("rejected-samples", 1.0)
        .doesNotContainKeys("samples-lower", "lower-loss");
    assertThat(last.y()).isEmpty();
    assertThat(last.step()).isEqualTo(1 + (RECORDS - foreign - 1 + 3) / 4);
    assertThat(last.positions().resumeOffset(0)).isEqualTo(RECORDS);
  }

  @ParameterizedTest(name = "{0} per poll, {1} after the restart")
  @CsvSource({"1,50", "7,7", "50,3", "400,400"})
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(int perPoll, int then) {
    List<Cut> whole = run(perPoll, null, null);
    for (int at = 0; at < whole.size() - 1; at += 3) {
      List<Cut> resumed = run(then, whole.get(at).checkpoint(), null);
      List<Snapshot> rest = snapshots(whole.subList(at + 1, whole.size()));
      List<Snapshot> again = snapshots(resumed);
      assertThat(again).hasSameSizeAs(rest);
      for (int i = 0; i < rest.size(); i++) {
        assertThat(again.get(i).x()).isEqualTo(rest.get(i).x());
        assertThat(again.get(i).version()).isEqualTo(rest.get(i).version());
        assertThat(again.get(i).ledger().runs()).isEqualTo(rest.get(i).ledger().runs());
      }
      Snapshot last = rest.get(rest.size() - 1);
      assertThat(again.get(rest.size() - 1).metrics()).isEqualTo(last.metrics());
    }
  }

  @Test
  void decoding_ahead_changes_nothing() {
    assertThat(snapshots(run(50, null, DECODING)))
        .usingRecursiveComparison()
        .isEqualTo(snapshots(run(50, null, null)));
  }

  @ParameterizedTest(name = "{0} per read")
  @ValueSource(ints = {1, 13, 400})
  void the_ledgers_replay_to_the_same_bits(int perRead) {
    List<Snapshot> all = snapshots(run(50, null, null));
    Problem problem = problem();
    int[] at = {0};
    LaneReader log =
        new LaneReader() {
          @Override
          public List<Lane> lanes() {
            return List.of(LANE);
          }

          @Override
          public void seek(Positions positions) {
            at[0] = (int) positions.resumeOffset(0);
          }

          @Override
          public RecordBatch next(int lane) {
            int from = at[0];
            at[0] = Math.min(RECORDS, from + perRead);
            return new Records(from, at[0] - from);
          }
        };
    Replay replay = new Replay(assembly(problem), solver(problem), log);
    for (Snapshot snapshot : all) {
      assertThat(replay.recompute(snapshot)).isNull();
    }
    assertThat(replay.jumps()).isEmpty();
    assertThat(replay.attempts()).isEqualTo(all.get(all.size() - 1).step());
  }

  @Test
  void one_level_has_its_topics_to_itself() {
    Problem problem = problem();
    Map<Level, SampleSchema> schemas = Map.of(Level.UPPER, problem.schema(Level.UPPER));
    for (Feed feed : List.of(new Feed("s", null), new Feed("t", Level.LOWER))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new Assembly(
                      List.of(feed),
                      schemas,
                      1,
                      1,
                      NEVER,
                      new Roles(new Roles.Split.Topics()),
                      Toy.Decoder::new,
                      Set.of(Level.UPPER),
                      false))
          .withMessageContaining("must stand for the one level that is read");
    }
  }
}
