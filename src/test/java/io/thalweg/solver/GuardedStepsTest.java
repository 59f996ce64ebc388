package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
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

/** Step sizes that are far too large ruin a model, and with a guard they do not. */
class GuardedStepsTest {
  private static final int FEATURES = 8;

  private final Problem problem =
      Problems.create(
          Settings.of(
              "problem",
              Map.of(
                  "type",
                  "logistic-regression",
                  "features",
                  FEATURES,
                  "hyperparameters",
                  Map.of("l2", Map.of("per", "global", "init", -5)))));

  private Solver solver(double rho, boolean guarded) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "soba");
    keys.put("rho", rho);
    keys.put("gamma", 0.01);
    keys.put("decay", 0);
    if (guarded) {
      keys.put("watch", Map.of("guard", Map.of("patience", 20)));
    }
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        1);
  }

  private Batch batch(Level level, SplitMix64 rng) {
    Batch batch = new Batch(problem.schema(level), 16);
    for (int r = 0; r < 16; r++) {
      batch.openRow();
      double margin = 0;
      for (int j = 0; j < FEATURES; j++) {
        double a = 3 * rng.gaussian();
        batch.set(batch.schema().featuresColumn(), j, a);
        margin += (j % 2 == 0 ? 0.3 : -0.2) * a;
      }
      boolean positive = margin + 1.5 * rng.gaussian() > 0;
      batch.set(labelColumn(batch), 0, positive ? 1 : 0);
      batch.commitRow();
    }
    return batch;
  }

  private static int labelColumn(Batch batch) {
    for (int f = 0; f < batch.schema().fields().size(); f++) {
      if (batch.schema().fields().get(f).name().equals("y")) {
        return f;
      }
    }
    throw new AssertionError("no label");
  }

  /** Mean prequential loss over the last quarter, and what happened. */
  private double run(Solver solver, List<String> kinds) {
    SplitMix64 rng = new SplitMix64(11);
    double loss = 0;
    double weight = 0;
    for (int t = 0; t < 4000; t++) {
      Consumption need = solver.next();
      List<Batch> lower = new ArrayList<>();
      List<Batch> upper = new ArrayList<>();
      for (int i = 0; i < need.lower(); i++) {
        lower.add(batch(Level.LOWER, rng));
      }
      for (int i = 0; i < need.upper(); i++) {
        upper.add(batch(Level.UPPER, rng));
      }
      solver.step(new StepInput(lower, upper));
      solver.events((step, kind, reason, figures) -> kinds.add(kind));
      assertThat(solver.end()).isNull();
      if (t >= 3000) {
        loss += solver.figures().scores()[0];
        weight += solver.figures().scores()[2];
      }
    }
    return loss / weight;
  }

  @ParameterizedTest(name = "rho {0}")
  @ValueSource(doubles = {3, 10})
  void a_step_that_is_far_too_large_is_halved_until_it_does_no_harm(double rho) {
    List<String> kinds = new ArrayList<>();
    double good = run(solver(0.05, false), kinds);
    assertThat(kinds).isEmpty();
    double ruined = run(solver(rho, false), kinds);
    assertThat(kinds).isEmpty();
    double guarded = run(solver(rho, true), kinds);
    assertThat(ruined).isGreaterThan(5 * good);
    assertThat(guarded).isLessThan(1.5 * good);
    assertThat(kinds).contains("step-halved", "rolled-back").doesNotContain("diverged");
  }

  @Test
  void a_good_step_is_left_alone_bit_for_bit() {
    List<String> kinds = new ArrayList<>();
    Solver plain = solver(0.05, false);
    Solver guarded = solver(0.05, true);
    run(plain, kinds);
    run(guarded, kinds);
    assertThat(kinds).isEmpty();
    double[] y = new double[plain.lowerDim()];
    double[] same = new double[y.length];
    plain.lower(y);
    guarded.lower(same);
    assertThat(same).containsExactly(y);
  }
}
