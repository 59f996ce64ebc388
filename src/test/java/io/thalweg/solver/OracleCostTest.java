package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.Problem;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step asks of the oracle and takes from the stream, as the page of the method says. */
class OracleCostTest {
  /** Method, settings, lower and upper batches, then f g fx fy gx gy Hv Jv H J of every move. */
  static List<Arguments> costs() {
    return List.of(
        row("perturbed-aid", aid("off", "neumann"), 1, 1, "0 0 1 1 0 4 3 1 0 0"),
        row("perturbed-gdmax", Map.of("inner-steps", 4, "perturbation", "off"), 1, 1, "1 0 1 0 0 4 0 0 0 0"),
        row("rxgf-qp1", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("rxgf-qp1", Map.of("lower-batches", 1), 1, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("rxgf-qp2", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("sgf", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("sgf", Map.of("integrator", "rk4"), 2, 1, "0 0 4 4 0 4 4 4 0 0"),
        row("sequential-qcqp", Map.of("eps", 1e-6), 2, 1, "0 0 1 1 0 1 1 1 0 0"));
  }

  private static Map<String, Object> aid(String perturbation, String solver) {
    return Map.of(
        "inner-steps", 4, "solver-steps", 3, "solver", solver, "perturbation", perturbation);
  }

  private static Arguments row(
      String method, Map<String, ?> settings, int lower, int upper, String calls) {
    return Arguments.of(method, settings, lower, upper, calls);
  }

  @ParameterizedTest(name = "{0} {1}: {4} on {2} and {3} batches")
  @MethodSource("costs")
  void a_step_costs_what_its_page_says(
      String method, Map<String, ?> settings, int lower, int upper, String calls) {
    Problem problem = MethodFixture.of(method).create();
    CountingOracle counting = new CountingOracle(problem);
    Map<String, Object> keys = new LinkedHashMap<>(settings);
    keys.put("method", method);
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            counting,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraint.NONE,
            1);
    Supply supply = Supply.of(problem, 2);
    for (int t = 1; t <= 6; t++) {
      Consumption need = solver.next();
      boolean moves = !need.equals(Consumption.NONE);
      if (moves) {
        assertThat(need).isEqualTo(new Consumption(lower, upper));
      }
      counting.reset();
      assertThat(solver.step(supply.next(need))).isInstanceOf(Verdict.Advanced.class);
      assertThat(moves).as("step %d moves", t).isEqualTo(t > 1);
      assertThat(counts(counting)).as("step %d", t).isEqualTo(moves ? calls : NOTHING);
    }
  }

  private static final String NOTHING = "0 0 0 0 0 0 0 0 0 0";

  private static String counts(CountingOracle counting) {
    StringBuilder out = new StringBuilder();
    for (OracleCall call : OracleCall.values()) {
      out.append(out.length() == 0 ? "" : " ").append(counting.count(call));
    }
    return out.toString();
  }
}
