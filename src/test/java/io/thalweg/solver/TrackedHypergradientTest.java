package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dense option with a decomposition per step and with the tracked clamp, side by side. */
class TrackedHypergradientTest {
  private static final int DX = 5;
  private static final int DY = 64;
  private static final int STEPS = 400;

  /** q lies in the first half of the coordinates only: half of H's spectrum is 0. */
  private static Batch batch(Problem problem, Level level, SplitMix64 rng, int rows) {
    Batch batch = RandomGame.batch(problem, level, rng, rows);
    if (level == Level.LOWER) {
      double[] q = batch.column(batch.schema().column("q"));
      for (int i = 0; i < q.length; i++) {
        if (i % DY >= DY / 2) {
          q[i] = 0;
        }
      }
    }
    return batch;
  }

  private static Solver solver(Problem problem, String method, String clamp) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    keys.put("hypergradient", Map.of("dense", Map.of("clamp", clamp)));
    keys.put("mu", 0.05);
    keys.put("gamma", 0.1);
    keys.put("lambda", 0.5);
    keys.put("eta", Map.of("schedule", "constant", "k", 0.05));
    Constraint free = Constraints.of(Settings.of("upper", Map.of()), DX, problem.upperBounds());
    return Methods.create(
        Settings.of("solver", keys), problem, new double[DX], new double[DY], free, 1);
  }

  private static Map<String, Double> figures(Solver solver) {
    Map<String, Double> out = new HashMap<>();
    solver.report(out::put);
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"msgbio", "vr-msgbio"})
  void iterates_are_those_of_a_decomposition_per_step(String method) {
    Problem problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "pl-game", "dx", DX, "dy", DY, "c", 0.3)));
    SplitMix64 rng = new SplitMix64(11);
    Solver exact = solver(problem, method, "exact");
    Solver tracked = solver(problem, method, "tracked");
    for (int t = 0; t < STEPS; t++) {
      int rows = t == 0 ? 2000 : 32;
      StepInput input =
          StepInput.of(
              batch(problem, Level.LOWER, rng, rows), batch(problem, Level.UPPER, rng, rows));
      assertThat(exact.step(input)).isInstanceOf(Verdict.Advanced.class);
      assertThat(tracked.step(input)).isInstanceOf(Verdict.Advanced.class);
    }
    double[] expected = new double[DY];
    double[] found = new double[DY];
    exact.lower(expected);
    tracked.lower(found);
    Golden.assertClose("y", found, expected, 1e-9);
    exact.upper(expected);
    tracked.upper(found);
    Golden.assertClose("x", found, expected, 1e-9);
    assertThat(figures(exact)).containsEntry("clamps-hessian", (double) STEPS);
    assertThat(figures(tracked)).containsEntry("clamps-hessian", (double) STEPS);
    if (method.equals("vr-msgbio")) {
      // weight eta^2: the spectrum barely moves
      assertThat(figures(tracked).get("decompositions")).isLessThan(STEPS / 10.0);
    }
  }
}
