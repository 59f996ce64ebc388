package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.Kernels;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures that say where a noisy run, or one on its constraint, stands. */
class TrailingMeanTest {
  private static final double[] X1 = {0.3, -0.2, 0.1};
  private static final double[] Y1 = {1, 0, -1, 0.5};

  private final Problem problem = RandomGame.problem();

  private Solver solver(Constraint constraint, Map<String, ?> keys) {
    return Methods.create(Settings.of("solver", keys), problem, X1, Y1, constraint, 1);
  }

  private static void step(Solver solver, StepInput input) {
    Consumption need = solver.next();
    List<Batch> lower = new ArrayList<>();
    for (int i = 0; i < need.lower(); i++) {
      lower.add(input.lower().get(0));
    }
    List<Batch> upper = Collections.nCopies(need.upper(), input.upper().get(0));
    assertThat(solver.step(new StepInput(lower, upper))).isInstanceOf(Verdict.Advanced.class);
  }

  /** Counted from the first step that evaluates something: step 1 where that takes batches. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "mgbio, hypergradient-norm, 1",
    "msgbio, hypergradient-norm, 1",
    "vr-msgbio, hypergradient-norm, 1",
    "v-pbsgd, direction-norm, 2",
    "v-pbsgd, value-gap, 2",
    "soba, hypergradient-norm, 2"
  })
  void the_mean_is_plain_over_a_hundred_steps_and_exponential_after_them(
      String method, String name, int first) {
    Solver solver = solver(Constraint.NONE, Map.of("method", method));
    double mean = 0;
    double sum = 0;
    int n = 0;
    for (StepInput input : RandomGame.inputs(problem, 13, 150)) {
      step(solver, input);
      if (solver.steps() < first) {
        continue;
      }
      Map<String, Double> figures = Figures.of(solver);
      double value = figures.get(name);
      n++;
      sum += value;
      mean = n <= 100 ? sum / n : 0.99 * mean + 0.01 * value;
      assertThat(figures.get("mean-" + name))
          .as("mean after %d", n)
          .isCloseTo(mean, within(1e-12 * Math.max(1, Math.abs(mean))));
    }
    assertThat(mean).isNotZero();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"msgbio, hypergradient-norm", "v-pbsgd, direction-norm"})
  void from_a_checkpoint_without_a_mean_it_begins_anew(String method, String name) {
    List<StepInput> inputs = RandomGame.inputs(problem, 13, 300);
    Solver whole = solver(Constraint.NONE, Map.of("method", method));
    inputs.subList(0, 299).forEach(input -> step(whole, input));
    Recorded old = Recorded.of(whole);
    assertThat(old.doubles.remove("mean-" + name)).isNotNull();
    assertThat(old.longs.remove(name + "-noted")).isNotNull();
    Solver restored = solver(Constraint.NONE, Map.of("method", method));
    restored.restore(old);
    step(whole, inputs.get(299));
    step(restored, inputs.get(299));
    Map<String, Double> figures = Figures.of(restored);
    assertThat(figures.get(name)).isEqualTo(Figures.of(whole).get(name));
    assertThat(figures.get("mean-" + name)).isEqualTo(figures.get(name));
    assertThat(Figures.of(whole).get("mean-" + name)).isNotEqualTo(figures.get(name));
  }

  /** With eta 1 a step goes all the way to x~. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"dense", "linear-system"})
  void the_projected_gradient_is_what_the_next_step_moves_over_gamma(String hypergradient) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "mgbio");
    keys.put("hypergradient", hypergradient);
    keys.put("gamma", 0.25);
    keys.put("eta", 1);
    Solver solver = solver(box(), keys);
    double[] before = new double[3];
    double[] after = new double[3];
    int active = 0;
    for (StepInput input : RandomGame.inputs(problem, 13, 50)) {
      step(solver, input);
      Map<String, Double> figures = Figures.of(solver);
      solver.upper(before);
      Recorded here = Recorded.of(solver);
      step(solver, input);
      solver.upper(after);
      Kernels.axpy(-1, before, after);
      assertThat(figures.get("projected-gradient-norm"))
          .isCloseTo(Kernels.norm2(after) / 0.25, within(1e-12));
      active +=
          figures.get("projected-gradient-norm") < 0.9 * figures.get("hypergradient-norm") ? 1 : 0;
      solver.restore(here);
    }
    assertThat(active).isPositive();
  }

  private Constraint box() {
    return Constraints.of(
        Settings.of(
            "upper", Map.of("constraint", Map.of("type", "box", "lower", -0.4, "upper", 0.4))),
        3,
        problem.upperBounds());
  }

  @Test
  void without_a_constraint_no_projected_gradient_is_told() {
    Solver solver = solver(Constraint.NONE, Map.of("method", "mgbio"));
    step(solver, RandomGame.inputs(problem, 13, 1).get(0));
    assertThat(Figures.of(solver)).doesNotContainKey("projected-gradient-norm");
  }
}
