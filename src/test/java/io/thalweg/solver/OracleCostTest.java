package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.Problem;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step asks of the oracle and takes from the stream, as the page of the method says. */
class OracleCostTest {
  /** Method, settings, lower and upper batches, then f g fx fy gx gy Hv Jv H J of every move. */
  static List<Arguments> costs() {
    return List.of(
        row("perturbed-aid", neumann(), 1, 1, "0 0 1 1 0 4 3 1 0 0"),
        row(
            "stocbio-ineon",
            Map.of(
                "inner-steps",
                4,
                "neumann-terms",
                3,
                "big-batch",
                2,
                "eps",
                1e-9,
                "ineon",
                Map.of("inner-steps", 6, "solver-steps", 2)),
            10,
            3,
            "0 0 2 2 0 10 5 2 0 0"),
        row("perturbed-gdmax", gdmax(), 1, 1, "1 0 1 0 0 4 0 0 0 0"),
        row("soba", Map.of(), 1, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("implicit-soba", Map.of(), 1, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("stocbio", Map.of("inner-steps", 3, "neumann-terms", 4), 8, 1, "0 0 1 1 0 3 4 1 0 0"),
        row("f2sa", Map.of("T", 3), 8, 4, "0 0 1 3 2 6 0 0 0 0"),
        row("f2sa", Map.of("T", 1, "growth", "linear"), 4, 2, "0 0 1 1 2 2 0 0 0 0"),
        row("bome", Map.of("T", 4), 1, 1, "0 1 1 1 2 5 0 0 0 0"),
        row("bome", Map.of("T", 4, "phi", "value"), 1, 1, "0 1 1 1 2 5 0 0 0 0"),
        row("v-pbgd", Map.of("T", 3), 1, 1, "0 1 1 1 2 4 0 0 0 0"),
        row("v-pbgd", Map.of("T", 3, "start", "warm"), 1, 1, "0 1 1 1 2 4 0 0 0 0"),
        row("v-pbsgd", Map.of("T", 3), 4, 1, "0 1 1 1 2 4 0 0 0 0"),
        row("galet", Map.of("N", 2, "T", 5), 1, 1, "0 0 1 1 0 2 9 1 0 0"),
        row("galet", Map.of("N", 2, "T", 5, "warm", true), 1, 1, "0 0 1 1 0 2 10 1 0 0"),
        row("bvfsm", Map.of("kz", 6, "ky", 4), 1, 1, "0 2 1 4 2 10 0 0 0 0"),
        row("bvfim", Map.of("kz", 6, "ky", 4, "lr-y", 1e-9), 1, 1, "0 5 1 4 2 10 0 0 0 0"),
        row("bgs-opt", Map.of("N", 3, "M", 4), 1, 1, "0 0 1 1 0 3 12 4 0 0"),
        row("bgs-opt", Map.of("N", 3, "M", 0), 1, 1, "0 0 1 1 0 3 4 4 0 0"),
        row("msgd", Map.of(), 0, 1, "0 0 1 1 0 0 0 0 0 0"),
        row("rxgf-qp1", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("rxgf-qp1", Map.of("lower-batches", 1), 1, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("rxgf-qp2", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("sgf", Map.of(), 2, 1, "0 0 1 1 0 1 1 1 0 0"),
        row("sgf", Map.of("integrator", "rk4"), 2, 1, "0 0 4 4 0 4 4 4 0 0"),
        row("sequential-qcqp", Map.of("eps", 1e-6), 2, 1, "0 0 1 1 0 1 1 1 0 0"));
  }

  private static Map<String, Object> neumann() {
    return Map.of("inner-steps", 4, "solver-steps", 3, "solver", "neumann", "perturbation", "off");
  }

  private static Map<String, Object> gdmax() {
    return Map.of("inner-steps", 4, "perturbation", "off");
  }

  /** Method, settings, then what every move takes and asks for; the last goes on for ever. */
  static List<Arguments> changingCosts() {
    return List.of(
        Arguments.of(
            "perturbed-aid",
            Map.of("inner-steps", 4, "solver-steps", 2, "perturbation", "off"),
            List.of("1 1: 0 0 1 1 0 4 2 1 0 0", "1 1: 0 0 1 1 0 4 3 1 0 0")),
        Arguments.of(
            "fdehbo", Map.of(), List.of("3 2: 0 0 1 1 2 3 0 0 0 0", "3 2: 0 0 2 2 4 6 0 0 0 0")),
        Arguments.of(
            "fdehbo",
            Map.of("exact", true),
            List.of("3 2: 0 0 1 1 0 1 1 1 0 0", "3 2: 0 0 2 2 0 2 2 2 0 0")),
        Arguments.of(
            "mrbo",
            Map.of("neumann-terms", 3),
            List.of("5 1: 0 0 1 1 0 1 3 1 0 0", "5 1: 0 0 2 2 0 2 6 2 0 0")),
        Arguments.of(
            "vrbo",
            Map.of(
                "period",
                2,
                "inner-steps",
                3,
                "neumann-terms",
                2,
                "small-batch",
                1,
                "large-batch",
                5),
            List.of(
                "9 9: 0 0 9 9 0 9 18 9 0 0",
                "4 4: 0 0 8 8 0 8 16 8 0 0",
                "9 9: 0 0 9 9 0 9 18 9 0 0",
                "4 4: 0 0 8 8 0 8 16 8 0 0",
                "9 9: 0 0 9 9 0 9 18 9 0 0",
                "4 4: 0 0 8 8 0 8 16 8 0 0")));
  }

  private static Arguments row(
      String method, Map<String, ?> settings, int lower, int upper, String calls) {
    return Arguments.of(method, settings, lower, upper, calls);
  }

  @ParameterizedTest(name = "{0} {1}: {4} on {2} and {3} batches")
  @MethodSource("costs")
  void a_step_costs_what_its_page_says(
      String method, Map<String, ?> settings, int lower, int upper, String calls) {
    CountedRun run = new CountedRun(method, settings);
    for (int t = 1; t <= 6; t++) {
      Consumption need = run.step();
      boolean moves = !need.equals(Consumption.NONE);
      if (moves) {
        assertThat(need).isEqualTo(new Consumption(lower, upper));
      }
      assertThat(moves).as("step %d moves", t).isEqualTo(t > 1);
      assertThat(run.counts()).as("step %d", t).isEqualTo(moves ? calls : NOTHING);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("changingCosts")
  void a_step_costs_what_its_page_says(String method, Map<String, ?> settings, List<String> moves) {
    CountedRun run = new CountedRun(method, settings);
    assertThat(run.step()).isEqualTo(Consumption.NONE);
    for (int k = 0; k < 6; k++) {
      Consumption need = run.step();
      assertThat(need.lower() + " " + need.upper() + ": " + run.counts())
          .as("move %d", k)
          .isEqualTo(moves.get(Math.min(k, moves.size() - 1)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"ttsa, 1", "sustain, 2"})
  void a_random_truncation_costs_what_was_drawn(String method, int points) {
    CountedRun run = new CountedRun(method, Map.of("neumann-terms", 4));
    run.step();
    List<Integer> seen = new ArrayList<>(List.of(0, 0, 0, 0));
    for (int k = 0; k < 200; k++) {
      Consumption need = run.step();
      assertThat(need.upper()).isEqualTo(1);
      int q = need.lower() - 2;
      seen.set(q, seen.get(q) + 1);
      int p = k == 0 ? 1 : points;
      assertThat(run.counts())
          .as("move %d", k)
          .isEqualTo("0 0 %d %d 0 %d %d %d 0 0".formatted(p, p, p, p * q, p));
    }
    assertThat(seen).allMatch(times -> times > 30 && times < 70);
  }

  @Test
  void tables_are_fed_by_every_row_of_a_batch() {
    CountedRun run = new CountedRun("saba", Map.of());
    run.step();
    for (int k = 0; k < 6; k++) {
      StepInput input = run.supply.peek(run.solver.next());
      run.step();
      int b = input.lower().get(0).size();
      int u = input.upper().get(0).size();
      assertThat(run.counts()).isEqualTo("0 0 %d %d 0 %d %d %d 0 0".formatted(u, u, b, b, b));
    }
  }

  /** A run whose calls are counted step by step. */
  private static final class CountedRun {
    private final CountingOracle counting;
    private final Solver solver;
    private final Supply supply;

    CountedRun(String method, Map<String, ?> settings) {
      Problem problem = MethodFixture.of(method).create();
      counting = new CountingOracle(problem);
      Map<String, Object> keys = new LinkedHashMap<>(settings);
      keys.put("method", method);
      solver =
          Methods.create(
              Settings.of("solver", keys),
              counting,
              problem.defaultUpper(),
              problem.defaultLower(),
              Constraint.NONE,
              1);
      supply = Supply.of(problem, 2);
    }

    /** One step; returns what it took. */
    Consumption step() {
      Consumption need = solver.next();
      counting.reset();
      assertThat(solver.step(supply.next(need))).isInstanceOf(Verdict.Advanced.class);
      return need;
    }

    String counts() {
      return OracleCostTest.counts(counting);
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
