package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.Golden;
import io.thalweg.problem.SaddleCase;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** BVFIM on the strict saddle, against an independent implementation. */
class BvfimTest {
  private static final double TOLERANCE = 1e-10;

  private final SaddleCase saddle = SaddleCase.strict();
  private final StepInput all = StepInput.of(saddle.lower(), saddle.upper());

  @Test
  void iterates_follow_the_reference_and_stay_in_the_interior() {
    JsonNode golden = Golden.read("reconstructed").get("bvfim");
    Map<String, Object> keys = GoldenKeys.of("bvfim", without(golden.get("params"), "T"));
    keys.put("method", "bvfim");
    Solver solver = solver(keys, golden);
    double[] x = new double[2];
    double[] y = new double[2];
    double least = Double.POSITIVE_INFINITY;
    int moves = golden.get("params").get("T").intValue();
    for (int k = 0; k < moves; k++) {
      assertThat(solver.step(all)).isInstanceOf(Verdict.Advanced.class);
      solver.upper(x);
      solver.lower(y);
      if (k < golden.get("iterates").get("x").size()) {
        Golden.assertClose(
            "x of move " + k, x, Golden.numbers(golden.get("iterates").get("x").get(k)), TOLERANCE);
        Golden.assertClose(
            "y of move " + k, y, Golden.numbers(golden.get("iterates").get("y").get(k)), TOLERANCE);
      }
      least = Math.min(least, Figures.of(solver).get("slack"));
    }
    Golden.assertClose("last x", x, Golden.numbers(golden.get("end_x")), TOLERANCE);
    assertThat(saddle.truth().value(x)).isCloseTo(golden.get("end_F").doubleValue(), within(1e-10));
    assertThat(least).isCloseTo(golden.get("min_slack").doubleValue(), within(1e-10));
  }

  @Test
  void a_step_that_would_leave_the_interior_is_halved_until_it_does_not() {
    JsonNode golden = Golden.read("reconstructed").get("bvfim");
    Solver solver =
        solver(Map.of("method", "bvfim", "lr-y", 1000, "lr-z", 0.3, "kz", 20, "ky", 3), golden);
    for (int k = 0; k < 50; k++) {
      assertThat(solver.step(all)).isInstanceOf(Verdict.Advanced.class);
      assertThat(Figures.of(solver).get("slack")).isPositive();
    }
    assertThat(Figures.of(solver).get("halvings")).isGreaterThan(50 * 3);
  }

  private Solver solver(Map<String, ?> keys, JsonNode golden) {
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            saddle.problem(),
            Golden.numbers(golden.get("x0")),
            Golden.numbers(golden.get("y0")),
            Constraint.NONE,
            1);
    solver.step(new StepInput(List.of(), List.of()));
    return solver;
  }

  /** In this file T is the length of the run. */
  static JsonNode without(JsonNode params, String key) {
    return params.<ObjectNode>deepCopy().without(key);
  }
}
