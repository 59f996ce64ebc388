package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

  private static Problem problem() {
    return Problems.create(
        Settings.of("problem", Map.of("type", "pl-game", "dx", DX, "dy", DY, "c", 0.3)));
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
    Problem problem = problem();
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

  private static List<StepInput> inputs(Problem problem, long seed, int steps) {
    SplitMix64 rng = new SplitMix64(seed);
    List<StepInput> out = new ArrayList<>();
    for (int t = 0; t < steps; t++) {
      int rows = t == 0 ? 2000 : 32;
      out.add(
          StepInput.of(
              batch(problem, Level.LOWER, rng, rows), batch(problem, Level.UPPER, rng, rows)));
    }
    return out;
  }

  @Test
  void a_solver_that_already_ran_takes_up_another_ones_state_bit_for_bit() {
    Problem problem = problem();
    List<StepInput> inputs = inputs(problem, 11, 12);
    Solver whole = solver(problem, "vr-msgbio", "tracked");
    inputs.subList(0, 6).forEach(whole::step);
    Recorded cut = Recorded.of(whole);
    inputs.subList(6, 12).forEach(whole::step);
    // as many references so far, but of other matrices
    Solver used = solver(problem, "vr-msgbio", "tracked");
    inputs(problem, 12, 4).forEach(used::step);
    assertThat(figures(used)).containsEntry("decompositions", 1.0);
    assertThat(figures(whole)).containsEntry("decompositions", 1.0);
    used.restore(cut);
    inputs.subList(6, 12).forEach(used::step);
    assertThat(Recorded.of(used).bits()).isEqualTo(Recorded.of(whole).bits());
  }

  @Test
  void a_state_that_breaks_off_half_way_leaves_no_trace_in_later_steps() {
    Problem problem = problem();
    List<StepInput> inputs = inputs(problem, 11, 8);
    Solver untouched = solver(problem, "vr-msgbio", "tracked");
    Solver solver = solver(problem, "vr-msgbio", "tracked");
    inputs.subList(0, 4).forEach(untouched::step);
    inputs.subList(0, 4).forEach(solver::step);
    Solver other = solver(problem, "vr-msgbio", "tracked");
    inputs(problem, 12, 4).forEach(other::step);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.restore(new Broken(Recorded.of(other))));
    inputs.subList(4, 8).forEach(untouched::step);
    inputs.subList(4, 8).forEach(solver::step);
    assertThat(Recorded.of(solver).bits()).isEqualTo(Recorded.of(untouched).bits());
  }

  /** Has every matrix and lacks the counters. */
  private record Broken(Recorded held) implements Solver.StateSource {
    @Override
    public boolean has(String name) {
      return true;
    }

    @Override
    public void doubles(String name, double[] array, int offset, int length) {
      held.doubles(name, array, offset, length);
    }

    @Override
    public void longs(String name, long[] words) {
      throw new IllegalArgumentException("no " + name);
    }
  }
}
