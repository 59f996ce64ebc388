package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.SaddleCase;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Curvature episodes on the strict saddle P1 with noise. */
class StocBioIneonTest {
  /** Direction of negative curvature at the saddle. */
  private static final double[] CURVED = {-0.8715, -0.4904};

  private static final int ROWS = 16;

  private final SaddleCase saddle = SaddleCase.strict();
  private final Problem problem = saddle.problem();

  /** Endless batches whose noise is standard Gaussian. */
  private final class Noise {
    private final SplitMix64 rng;

    Noise(long seed) {
      rng = new SplitMix64(seed);
    }

    private Batch batch(Level level) {
      Batch batch = new Batch(problem.schema(level), ROWS);
      int width = batch.schema().fields().get(0).width();
      for (int r = 0; r < ROWS; r++) {
        batch.openRow();
        for (int j = 0; j < width; j++) {
          batch.set(0, j, rng.gaussian());
        }
        batch.commitRow();
      }
      return batch;
    }

    StepInput next(Consumption need) {
      List<Batch> lower = new ArrayList<>();
      List<Batch> upper = new ArrayList<>();
      for (int i = 0; i < need.lower(); i++) {
        lower.add(batch(Level.LOWER));
      }
      for (int i = 0; i < need.upper(); i++) {
        upper.add(batch(Level.UPPER));
      }
      return new StepInput(lower, upper);
    }
  }

  private Solver fresh(long seed, Map<String, ?> others) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "stocbio-ineon");
    keys.put("tau", 0.4);
    keys.put("neumann-terms", 8);
    keys.putAll(others);
    return Methods.create(
        Settings.of("solver", keys), problem, new double[2], new double[2], Constraint.NONE, seed);
  }

  private static Map<String, Double> figures(Solver solver) {
    Map<String, Double> out = new LinkedHashMap<>();
    solver.report(out::put);
    return out;
  }

  private static double[] x(Solver solver) {
    double[] x = new double[2];
    solver.upper(x);
    return x;
  }

  /**
   * The first move starts at the saddle: a large batch of 64 records, then one step of length s.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void the_direction_of_negative_curvature_is_found(long seed) {
    Solver solver = fresh(seed, Map.of("big-batch", 4, "eps", 0.2, "step-nc", 0.3));
    Noise noise = new Noise(seed);
    solver.step(noise.next(solver.next()));
    assertThat(solver.step(noise.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
    assertThat(figures(solver)).containsEntry("curvature-steps", 1.0);
    double[] n = x(solver);
    assertThat(Kernels.norm2(n)).isCloseTo(0.3, within(1e-12));
    Kernels.scale(1 / 0.3, n);
    double cosine = Math.abs(Kernels.dot(n, CURVED)) / Kernels.norm2(CURVED);
    assertThat(cosine).isGreaterThan(StrictMath.cos(Math.toRadians(5)));
    assertThat(curvature(n)).isCloseTo(-0.42, within(0.01));
  }

  /** n'(second derivative of F at 0)n by a central difference. */
  private double curvature(double[] n) {
    double delta = 1e-3;
    double[] ahead = {delta * n[0], delta * n[1]};
    double[] behind = {-delta * n[0], -delta * n[1]};
    return (saddle.truth().value(ahead) + saddle.truth().value(behind)) / (delta * delta);
  }

  @Test
  void twenty_runs_take_one_curvature_step_each_and_stop_in_a_minimum() {
    for (int seed = 1; seed <= 20; seed++) {
      Solver solver = fresh(seed, Map.of());
      Noise noise = new Noise(100 + seed);
      int moves = 0;
      while (moves < 500 && figures(solver).get("stopped") == 0) {
        assertThat(solver.step(noise.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
        moves++;
      }
      assertThat(figures(solver))
          .as("run %d", seed)
          .containsEntry("curvature-steps", 1.0)
          .containsEntry("curvature-episodes", 2.0)
          .containsEntry("stopped", 1.0);
      assertThat(saddle.truth().value(x(solver))).as("run %d", seed).isLessThan(-0.143);
    }
  }

  @Test
  void once_stopped_x_stays_and_y_follows() {
    // on exact data, at a minimum
    double[] minimiser = {0.99433137, 0.83030839};
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", "stocbio-ineon", "big-batch", 2, "tau", 0.4)),
            problem,
            minimiser,
            new double[2],
            Constraint.NONE,
            1);
    Repeated run = new Repeated(solver, saddle.lower(), saddle.upper());
    // y comes near y*(x) before the hypergradient there is small
    run.steps(40);
    assertThat(run.figure("stopped")).isEqualTo(1);
    assertThat(run.figure("curvature-steps")).isZero();
    double[] there = run.x();
    assertThat(solver.next()).isEqualTo(new Consumption(5, 1));
    run.steps(60);
    assertThat(run.x()).containsExactly(there);
    assertThat(run.y()).containsExactly(saddle.truth().solution(there), within(1e-9));
  }

  @Test
  void a_run_cut_before_and_after_an_episode_equals_the_whole_run() {
    Solver whole = fresh(5, Map.of());
    Solver cut = fresh(5, Map.of());
    Noise one = new Noise(3);
    Noise two = new Noise(3);
    for (int t = 0; t < 12; t++) {
      whole.step(one.next(whole.next()));
      cut.step(two.next(cut.next()));
      Recorded state = Recorded.of(cut);
      cut = fresh(9, Map.of());
      cut.restore(state);
    }
    assertThat(figures(whole)).containsEntry("curvature-steps", 1.0);
    assertThat(Recorded.of(cut).bits()).isEqualTo(Recorded.of(whole).bits());
  }
}
