package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.thalweg.stream.Event;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Drifts and measures of the guard: from the solver into snapshots, over restarts, recomputed. */
class WatchedPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int RECORDS = 1600;

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
  }

  private final Problem problem =
      Problems.create(Settings.of("problem", Map.of("type", "logistic-regression", "features", 2)));

  /** Labels that turn round at two thirds; or rows that no step survives from there on. */
  private static List<String> values(boolean ruinous) {
    SplitMix64 rng = new SplitMix64(4);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      boolean late = i >= 2 * RECORDS / 3;
      double a = late && ruinous ? 1e308 : rng.gaussian();
      double b = rng.gaussian();
      boolean positive = 3 * a - 2 * b + 0.3 * rng.gaussian() > 0;
      out.add("{\"x\":[" + a + "," + b + "],\"y\":" + (positive != late ? 1 : 0) + "}");
    }
    out.set(40, "{\"x\":[1],\"y\":0}");
    return out;
  }

  private Solver solver(String method) {
    Map<String, Object> watch =
        method.equals("bome")
            ? Map.of("guard", Map.of("skips", 110))
            : method.equals("auto")
                ? Map.of("drift", Map.of("on-drift", "restart-schedule", "threshold", 8))
                : Map.of(
                    "drift",
                    Map.of("threshold", 8),
                    "guard",
                    Map.of("patience", 5, "smoothing", 0.3, "worsening", 0.05, "rollbacks", 3));
    return Methods.create(
        Settings.of("solver", Map.of("method", method, "watch", watch)),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        42);
  }

  private Assembly assembly() {
    Map<Level, SampleSchema> schemas =
        Map.of(Level.LOWER, problem.schema(Level.LOWER), Level.UPPER, problem.schema(Level.UPPER));
    return new Assembly(
        List.of(new Feed("t", null)),
        schemas,
        4,
        4,
        NEVER,
        new Roles(new Roles.Split.Prequential()),
        () -> SampleDecoders.create(SampleOptions.of(SampleFormat.JSON), schemas));
  }

  private void run(
      String method, boolean ruinous, int perPoll, @Nullable Checkpoint from, List<Cut> cuts) {
    Toy.Log log = new Toy.Log(perPoll);
    log.lane("t", 0, values(ruinous));
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
            method,
            "config",
            "test",
            problem,
            solver(method),
            view,
            Integer.MAX_VALUE,
            new Cadence(7, NEVER),
            () -> 0);
    new SolverPipeline(
            tuning, assembly(), log, sink, () -> Mono.justOrEmpty(from), SOLVER, null, List.of())
        .run(Flux.never())
        .block(LIMIT);
  }

  private List<Cut> run(String method, int perPoll, @Nullable Checkpoint from) {
    List<Cut> cuts = new ArrayList<>();
    run(method, false, perPoll, from, cuts);
    return cuts;
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

  private static List<String> kinds(List<Snapshot> snapshots) {
    return snapshots.stream().flatMap(s -> s.events().stream()).map(Event::kind).toList();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"auto", "soba", "vr-msgbio"})
  void a_drift_is_in_the_snapshot_that_covers_its_step_and_marked_in_the_metrics(String method) {
    List<Snapshot> all = snapshots(run(method, 64, null));
    assertThat(kinds(all)).contains("drift");
    long before = 0;
    double drifts = 0;
    for (Snapshot snapshot : all) {
      for (Event event : snapshot.events()) {
        assertThat(event.step()).isGreaterThan(before).isLessThanOrEqualTo(snapshot.step());
        drifts += event.kind().equals("drift") ? 1 : 0;
      }
      assertThat(snapshot.metrics()).containsEntry("drift-events", drifts);
      before = snapshot.step();
    }
    long turned =
        all.stream()
            .flatMap(s -> s.events().stream())
            .filter(e -> e.kind().equals("drift"))
            .mapToLong(Event::step)
            .max()
            .orElse(0);
    assertThat(turned).isBetween(RECORDS / 6L, RECORDS / 6L + 60);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"auto", "soba"})
  void how_long_a_drift_is_felt_counts_from_its_event(String method) {
    List<Snapshot> all = snapshots(run(method, 64, null));
    long noticed = 0;
    for (Snapshot snapshot : all) {
      for (Event event : snapshot.events()) {
        noticed = event.kind().equals("drift") ? event.step() : noticed;
      }
      if (noticed == 0) {
        assertThat(snapshot.metrics()).doesNotContainKey("recovery-samples");
      } else {
        // a run is 256 steps long and fewer are left: nobody can have recovered; one record is
        // broken, and the first step of a method that began anew takes no samples
        double most = 4.0 * (snapshot.step() - noticed);
        assertThat(snapshot.metrics().get("recovery-samples")).isBetween(most - 5, most);
        assertThat(snapshot.metrics()).containsEntry("recovering", 1.0);
      }
    }
    assertThat(noticed).isPositive();
  }

  @ParameterizedTest(name = "{0}, {1} per poll, {2} after the restart")
  @CsvSource({"auto,64,7", "soba,7,300", "vr-msgbio,64,64"})
  void a_run_cut_anywhere_in_a_drift_equals_the_whole_run_bit_for_bit(
      String method, int perPoll, int then) {
    List<Cut> whole = run(method, perPoll, null);
    for (int at = 1; at < whole.size() - 1; at += whole.size() / 3 > at ? 9 : 2) {
      List<Snapshot> rest = snapshots(whole.subList(at + 1, whole.size()));
      List<Snapshot> again = snapshots(run(method, then, whole.get(at).checkpoint()));
      assertThat(again)
          .usingRecursiveComparison()
          .ignoringFields("epoch", "positions", "ledger.from")
          .isEqualTo(rest);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"auto", "soba", "vr-msgbio"})
  void the_ledgers_replay_to_the_same_bits_and_events_over_a_restart(String method) {
    List<Cut> cuts = run(method, 50, null);
    int half = 2 * cuts.size() / 3;
    List<Snapshot> chain = snapshots(cuts.subList(0, half));
    chain.addAll(snapshots(run(method, 11, cuts.get(half - 1).checkpoint())));
    assertThat(kinds(chain)).contains("drift");
    Replay replay = new Replay(assembly(), solver(method), log());
    for (Snapshot snapshot : chain) {
      assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
    }
  }

  private static ReplayTest.Lanes log() {
    return new ReplayTest.Lanes(List.of(new Lane("t", 0)), List.of(values(false)), 13);
  }

  @Test
  void an_event_that_was_changed_or_taken_out_differs() {
    List<Snapshot> chain = snapshots(run("soba", 50, null));
    for (boolean changes : new boolean[] {false, true}) {
      Replay replay = new Replay(assembly(), solver("soba"), log());
      for (Snapshot snapshot : chain) {
        if (snapshot.events().isEmpty()) {
          assertThat(replay.recompute(snapshot)).isNull();
        } else {
          List<Event> other = new ArrayList<>(snapshot.events());
          Event first = other.remove(0);
          if (changes) {
            other.add(0, new Event(first.step(), "calm", first.reason(), first.figures()));
          }
          assertThat(replay.recompute(snapshot.withEvents(other)))
              .startsWith("events: published [")
              .contains("recomputed [" + first.kind() + " at step " + first.step());
          break;
        }
      }
    }
  }

  @Test
  void with_a_guard_it_is_the_guard_that_loses_patience() {
    List<Cut> cuts = new ArrayList<>();
    run("bome", true, 64, null, cuts);
    List<Snapshot> all = snapshots(cuts);
    assertThat(kinds(all)).contains("step-halved").doesNotContain("diverged");
    assertThat(all.get(all.size() - 1).metrics().get("skipped-steps"))
        .isGreaterThan(TuningLoop.PATIENCE);
  }

  @Test
  void what_led_to_the_end_is_committed_before_the_run_fails() {
    List<Cut> cuts = new ArrayList<>();
    assertThatThrownBy(() -> run("soba", true, 64, null, cuts))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the end of its ladder at step")
        .hasMessageContaining("15 steps skipped")
        .hasMessageContaining("halved 4 times");
    List<Snapshot> all = snapshots(cuts);
    assertThat(kinds(all))
        .endsWith("step-skipped", "step-skipped", "step-skipped", "diverged")
        .contains("step-halved", "rolled-back");
    Snapshot last = all.get(all.size() - 1);
    assertThat(last.metrics())
        .containsEntry("skipped-steps", 15.0)
        .containsEntry("rollbacks", 4.0)
        .containsEntry("halvings", 4.0)
        .containsEntry("step-scale", 1 / 16.0);
    assertThat(last.y()).as("the best model so far").containsExactly(bestBefore(all));
    Replay replay =
        new Replay(
            assembly(),
            solver("soba"),
            new ReplayTest.Lanes(List.of(new Lane("t", 0)), List.of(values(true)), 13));
    for (Snapshot snapshot : all) {
      assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
    }
  }

  /** y of the snapshot that took the best point up for the first time. */
  private static double[] bestBefore(List<Snapshot> all) {
    return all.stream()
        .filter(s -> s.events().stream().anyMatch(e -> e.kind().equals("rolled-back")))
        .findFirst()
        .orElseThrow()
        .y();
  }
}
