package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.sample.Level;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

class ReplayTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
  }

  /** The records of a run, to be read a few at a time, lane by lane. */
  static final class Lanes implements LaneReader {
    private final List<Lane> lanes;
    private final List<List<String>> values;
    private final int perRead;
    private final long[] at;

    Lanes(List<Lane> lanes, List<List<String>> values, int perRead) {
      this.lanes = lanes;
      this.values = values;
      this.perRead = perRead;
      this.at = new long[lanes.size()];
    }

    @Override
    public List<Lane> lanes() {
      return lanes;
    }

    @Override
    public void seek(Positions positions) {
      for (int i = 0; i < at.length; i++) {
        at[i] = positions.resumeOffset(i);
      }
    }

    @Override
    public RecordBatch next(int lane) {
      long from = at[lane];
      long to = Math.min(values.get(lane).size(), from + perRead);
      at[lane] = to;
      return new RecordBatch() {
        @Override
        public int size() {
          return (int) (to - from);
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
          return -1;
        }

        @Override
        public byte @Nullable [] key(int i) {
          return null;
        }

        @Override
        public byte @Nullable [] value(int i) {
          return values.get(lane).get((int) from + i).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public List<Header> headers(int i) {
          return List.of();
        }
      };
    }
  }

  private final List<Lane> lanes = new ArrayList<>();
  private final List<List<String>> values = new ArrayList<>();
  private final List<Cut> cuts = new ArrayList<>();

  private void lane(String topic, int partition, List<String> records) {
    lanes.add(new Lane(topic, partition));
    values.add(new ArrayList<>(records));
  }

  private Lanes lanes(int perRead) {
    return new Lanes(lanes, values, perRead);
  }

  private Assembly assembly(String mode) {
    boolean topics = mode.equals("topics");
    return new Assembly(
        topics
            ? List.of(new Feed("t", Level.LOWER), new Feed("v", Level.UPPER))
            : List.of(new Feed("s", null)),
        Toy.schemas(),
        8,
        mode.equals("prequential") ? 8 : 5,
        NEVER,
        new Roles(
            topics
                ? new Roles.Split.Topics()
                : mode.equals("hash") ? new Roles.Split.Hash(0.3) : new Roles.Split.Prequential()),
        Toy.Decoder::new);
  }

  private void fill(String mode) {
    List<String> a = new ArrayList<>(Toy.numbers(1, 400));
    a.set(17, "nonsense");
    a.set(230, "1,2,bad,4,5,6,7,8,9");
    a.set(231, "NaN"); // a step that takes it is refused
    List<String> c = new ArrayList<>(Toy.numbers(3, 350));
    c.set(100, "1,2,3,4,5,6,7,8,9,10,11,12,13");
    c.set(30, "validation:7");
    c.set(31, "train:8");
    String first = mode.equals("topics") ? "t" : "s";
    lane(first, 0, a);
    lane(first, 1, Toy.numbers(2, 300));
    lane(mode.equals("topics") ? "v" : "s", mode.equals("topics") ? 0 : 2, c);
  }

  /** Runs the pipeline over the lanes from a checkpoint; what it cuts is added to the cuts. */
  private void run(String mode, int perPoll, @Nullable Checkpoint from) {
    Toy.Log log = new Toy.Log(perPoll);
    for (int i = 0; i < lanes.size(); i++) {
      log.lane(lanes.get(i).topic(), lanes.get(i).partition(), values.get(i));
    }
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
            "fold",
            "config",
            "test",
            new Toy.Means(),
            new Toy.Fold(),
            view,
            Integer.MAX_VALUE,
            new Cadence(3, NEVER),
            () -> 0);
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
    new SolverPipeline(
            tuning,
            assembly(mode),
            log,
            sink,
            () -> Mono.justOrEmpty(from),
            SOLVER,
            null,
            List.of())
        .run(Flux.never())
        .block(LIMIT);
  }

  private List<Snapshot> chain() {
    List<Snapshot> chain = new ArrayList<>();
    for (Cut cut : cuts) {
      if (cut.snapshot() != null) {
        chain.add(cut.snapshot());
      }
    }
    return chain;
  }

  @ParameterizedTest(name = "{0}, {1} per poll, restart after commit {2}")
  @CsvSource({
    "topics,7,1",
    "topics,500,9",
    "hash,7,1",
    "hash,500,11",
    "prequential,7,2",
    "prequential,64,13"
  })
  void every_snapshot_is_recomputed_bit_for_bit_over_restarts(
      String mode, int perPoll, int restartAfter) {
    fill(mode);
    run(mode, perPoll, null);
    cuts.subList(restartAfter + 1, cuts.size()).clear();
    run(mode, 2 * perPoll, cuts.get(restartAfter).checkpoint());
    assertThat(chain()).hasSizeGreaterThan(restartAfter + 2);
    for (int perRead : new int[] {1, 13, 1000}) {
      Replay replay = new Replay(assembly(mode), new Toy.Fold(), lanes(perRead));
      for (Snapshot snapshot : chain()) {
        assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
      }
      assertThat(replay.attempts()).isPositive();
      assertThat(replay.jumps()).isEmpty();
    }
  }

  @ParameterizedTest(name = "version {0}")
  @ValueSource(ints = {1, 4})
  void a_snapshot_that_was_changed_differs(int version) {
    fill("topics");
    run("topics", 50, null);
    List<Snapshot> chain = chain();
    chain.get(version - 1).y()[0] = Math.nextUp(chain.get(version - 1).y()[0]);
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(10));
    for (int v = 1; v < version; v++) {
      assertThat(replay.recompute(chain.get(v - 1))).isNull();
    }
    assertThat(replay.recompute(chain.get(version - 1))).startsWith("y[0]: published ");
  }

  @Test
  void a_sample_that_was_changed_in_the_log_is_noticed_where_it_was_used() {
    fill("topics");
    run("topics", 50, null);
    values.get(0).set(8 * 3 + 2, "0.25"); // first used by the second snapshot at the earliest
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(10));
    assertThat(replay.recompute(chain().get(0))).isNull();
    assertThat(replay.recompute(chain().get(1))).startsWith("y[0]: published ");
  }

  @Test
  void a_log_that_ends_too_early_is_named_with_version_and_step() {
    fill("topics");
    run("topics", 50, null);
    values.set(2, values.get(2).subList(0, 20));
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(10));
    assertThat(replay.recompute(chain().get(0))).isNull();
    assertThatThrownBy(() -> replay.recompute(chain().get(1)))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("v-0: the log ends, but version 2 took a validation sample more");
  }

  @Test
  void other_partitions_than_those_of_the_ledger_are_refused() {
    fill("topics");
    run("topics", 50, null);
    lane("v", 1, List.of());
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(10));
    assertThatThrownBy(() -> replay.recompute(chain().get(0)))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("v-1");
  }

  @Test
  void samples_that_a_survived_loss_left_out_are_left_out_again() {
    lane("t", 0, Toy.numbers(1, 200));
    lane("v", 0, Toy.numbers(2, 200));
    Toy.Fold solver = new Toy.Fold();
    Positions start = at(0, 0);
    Ledger first =
        new Ledger(start, List.of(new Ledger.Run(2, new int[] {0, 1, 0, 8, 1, 1, 1, 5})));
    Ledger later =
        new Ledger(at(150, 10), List.of(new Ledger.Run(1, new int[] {0, 1, 0, 8, 1, 1, 1, 5})));
    Replay expected = new Replay(assembly("topics"), solver, lanes(1000));
    assertThat(expected.recompute(snapshot(2, first, at(16, 10)))).isNotNull();
    double[] after = state(solver);
    values.set(0, new ArrayList<>(values.get(0)));
    // by hand: the third step takes samples 150 to 157 and 10 to 14
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(7));
    assertThat(replay.recompute(snapshot(2, first, at(16, 10), after))).isNull();
    assertThat(expected.recompute(snapshot(3, later, at(158, 15)))).isNotNull();
    assertThat(replay.recompute(snapshot(3, later, at(158, 15), state(solver)))).isNull();
    assertThat(replay.jumps())
        .singleElement()
        .hasToString(
            "version 3 begins at t-0@150 where t-0@16 was next: 134 train samples were left out");
    double byHand = after[1];
    for (int i = 150; i < 158; i++) {
      byHand = 0.875 * byHand + Double.parseDouble(values.get(0).get(i)) + 1.0 / 8;
    }
    assertThat(state(solver)[1]).isEqualTo(byHand);
  }

  @ParameterizedTest(name = "{0} per read")
  @ValueSource(ints = {1, 3, 1000})
  void what_the_run_rejected_between_two_ledgers_is_not_left_out(int perRead) {
    List<String> t = new ArrayList<>(Toy.numbers(1, 20));
    t.set(8, "nonsense");
    t.set(9, "bad");
    lane("t", 0, t);
    lane("v", 0, Toy.numbers(2, 20));
    Ledger.Run run = new Ledger.Run(1, new int[] {0, 1, 0, 8, 1, 1, 1, 5});
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(perRead));
    replay.recompute(snapshot(1, new Ledger(at(0, 0), List.of(run)), at(8, 5)));
    replay.recompute(snapshot(2, new Ledger(at(10, 5), List.of(run)), at(18, 10)));
    assertThat(replay.jumps()).isEmpty();
  }

  @ParameterizedTest(name = "{0} per read")
  @ValueSource(ints = {1, 3, 1000})
  void samples_left_out_of_a_lane_that_is_not_used_again_are_reported_too(int perRead) {
    lane("t", 0, Toy.numbers(1, 20));
    lane("t", 1, Toy.numbers(3, 20));
    lane("v", 0, Toy.numbers(2, 20));
    Ledger.Run run = new Ledger.Run(1, new int[] {0, 1, 0, 8, 1, 1, 2, 5});
    Replay replay = new Replay(assembly("topics"), new Toy.Fold(), lanes(perRead));
    replay.recompute(snapshot(1, new Ledger(at(0, 0, 0), List.of(run)), at(8, 0, 5)));
    replay.recompute(snapshot(2, new Ledger(at(8, 4, 6), List.of(run)), at(16, 4, 11)));
    assertThat(replay.jumps())
        .containsExactly(
            new Replay.Jump(2, lanes.get(1), Level.LOWER, Position.START, new Position(4, 0), 4),
            new Replay.Jump(
                2, lanes.get(2), Level.UPPER, new Position(5, 0), new Position(6, 0), 1));
  }

  private Positions at(long... offsets) {
    List<Position> places = new ArrayList<>();
    for (long offset : offsets) {
      places.add(new Position(offset, 0));
    }
    return Positions.at(lanes, places);
  }

  private static double[] state(Toy.Fold solver) {
    double[] x = new double[1];
    double[] y = new double[1];
    solver.upper(x);
    solver.lower(y);
    return new double[] {x[0], y[0]};
  }

  private static Snapshot snapshot(long step, Ledger ledger, Positions to, double... xy) {
    double[] x = xy.length == 0 ? new double[1] : new double[] {xy[0]};
    double[] y = xy.length == 0 ? new double[1] : new double[] {xy[1]};
    return new Snapshot(
        "toy",
        1,
        step,
        step,
        0,
        "fold",
        "config",
        Map.of(),
        x,
        y,
        List.of(),
        Map.of(),
        to,
        ledger,
        Long.MIN_VALUE,
        "test");
  }
}
