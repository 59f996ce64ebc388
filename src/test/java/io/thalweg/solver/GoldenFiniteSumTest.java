package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The runs of an independent implementation over a finite sum, through the solver API. */
class GoldenFiniteSumTest {
  private static final double TOLERANCE = 1e-10;

  private final FiniteSumRuns runs = new FiniteSumRuns();

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fdehbo, fdehbo",
    "fmbo_exact, fdehbo",
    "fdehbo_rv_0.5, fdehbo",
    "soba, soba",
    "stocbio, stocbio"
  })
  void runs_on_all_records_follow_the_reference(String name, String method) {
    JsonNode run = runs.sum.run("full", name);
    Solver solver = runs.create(FiniteSumRuns.keys(method, run.get("params")), 0);
    solver.step(runs.everything(solver.next()));
    for (int k = 0; k < run.at("/params/K").intValue(); k++) {
      assertThat(solver.step(runs.everything(solver.next()))).isInstanceOf(Verdict.Advanced.class);
      follows(run, solver, k);
    }
    ends(run, solver);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"fdehbo", "soba", "saba", "stocbio", "mrbo", "ttsa"})
  void runs_on_single_records_follow_the_reference(String method) {
    stochastic(method, runs.sum.run("stochastic", method));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"sustain", "vrbo"})
  void reconstructed_methods_follow_the_reference(String method) {
    stochastic(method, Golden.read("reconstructed").get(method));
  }

  private void stochastic(String method, JsonNode run) {
    JsonNode params = run.get("params");
    Map<String, Object> keys = FiniteSumRuns.keys(method, params);
    long seed = params.get("rng_start").longValue();
    Solver solver = runs.create(keys, seed);
    FiniteSumRuns.Drawn drawn = runs.new Drawn(keys, seed);
    solver.step(drawn.next(solver.next()));
    int given = run.at("/iterates/x").size();
    int moves = params.has("K") ? params.get("K").intValue() : given;
    for (int k = 0; k < moves; k++) {
      assertThat(solver.step(drawn.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
      follows(run, solver, k);
    }
    assertThat(
            drawn.indices.stream().mapToDouble(i -> i).limit(run.get("indices").size()).toArray())
        .isEqualTo(Golden.numbers(run.get("indices")));
    if (run.has("end_x")) {
      ends(run, solver);
    }
  }

  private static void follows(JsonNode run, Solver solver, int k) {
    JsonNode iterates = run.get("iterates");
    if (k >= iterates.get("x").size()) {
      return;
    }
    Golden.assertClose(
        "x after move " + k,
        FiniteSumRuns.x(solver),
        Golden.numbers(iterates.get("x").get(k)),
        TOLERANCE);
    Golden.assertClose(
        "y after move " + k,
        FiniteSumRuns.y(solver),
        Golden.numbers(iterates.get("y").get(k)),
        TOLERANCE);
    if (iterates.has("v")) {
      Golden.assertClose(
          "v after move " + k,
          Recorded.of(solver).doubles.get("v"),
          Golden.numbers(iterates.get("v").get(k)),
          TOLERANCE);
    }
  }

  private void ends(JsonNode run, Solver solver) {
    double[] x = FiniteSumRuns.x(solver);
    Golden.assertClose("x at the end", x, Golden.numbers(run.get("end_x")), TOLERANCE);
    assertThat(runs.sum.gap(x)).isCloseTo(run.get("end_gap").doubleValue(), within(1e-10));
    assertThat(distance(x)).isCloseTo(run.get("end_dist").doubleValue(), within(1e-10));
  }

  private double distance(double[] x) {
    double[] best = Golden.numbers(runs.sum.data().get("x_star"));
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - best[i]) * (x[i] - best[i]);
    }
    return Math.sqrt(sum);
  }

  static List<Arguments> gaps() {
    List<Arguments> out = new ArrayList<>();
    JsonNode golden = Golden.read("fd_finite_sum");
    JsonNode reconstructed = Golden.read("reconstructed");
    for (String method : List.of("fdehbo", "soba", "saba", "stocbio", "f2sa", "mrbo", "ttsa")) {
      JsonNode params = golden.at("/stochastic/" + method + "/params");
      JsonNode gaps = golden.at("/five_run_gaps/" + method);
      out.add(Arguments.of(method, params, params.get("K").intValue(), gaps));
    }
    for (String method : List.of("sustain", "vrbo")) {
      JsonNode run = reconstructed.get(method);
      int moves = method.equals("vrbo") ? 200 : 400;
      out.add(Arguments.of(method, run.get("params"), moves, run.get("five_run_gaps_" + moves)));
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("gaps")
  void five_runs_end_where_those_of_the_reference_do(
      String method, JsonNode params, int moves, JsonNode gaps) {
    Map<String, Object> keys = FiniteSumRuns.keys(method, params);
    for (int i = 0; i < gaps.size(); i++) {
      long seed = params.get("rng_start").longValue() + i;
      double[] x = runs.play(runs.create(keys, seed), runs.new Drawn(keys, seed), moves);
      assertThat(runs.sum.gap(x))
          .as("%s, run %d", method, i)
          .isCloseTo(gaps.get(i).doubleValue(), within(1e-10));
    }
  }

  /** O(d^2) of the differences down to 1e-4, below that rounding. */
  @Test
  void the_radius_of_the_differences_decides_the_error() {
    JsonNode params = runs.sum.run("full", "fdehbo").get("params");
    for (JsonNode row : Golden.read("fd_finite_sum").get("fd_radius_error")) {
      Map<String, Object> keys = FiniteSumRuns.keys("fdehbo", params);
      double radius = row.get(0).doubleValue();
      double expected = row.get(1).doubleValue();
      keys.put("delta", radius);
      Solver solver = runs.create(keys, 0);
      for (int t = 0; t <= params.get("K").intValue(); t++) {
        solver.step(runs.everything(solver.next()));
      }
      double found = distance(FiniteSumRuns.x(solver));
      if (radius >= 1e-4) {
        assertThat(found / expected).as("radius %s", radius).isBetween(0.999, 1.001);
      } else {
        assertThat(found / expected).as("radius %s: rounding", radius).isBetween(0.05, 20.0);
      }
    }
  }

  @Test
  void without_products_to_truncate_sustain_is_mrbo() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("alpha", 0.1);
    keys.put("beta", 0.3);
    keys.put("eta", 0.3);
    keys.put("method", "sustain");
    keys.put("neumann-terms", 1);
    Solver sustain = runs.create(keys, 5);
    keys.put("method", "mrbo");
    keys.put("neumann-terms", 0);
    Solver mrbo = runs.create(keys, 5);
    for (int t = 0; t <= 200; t++) {
      assertThat(sustain.next()).isEqualTo(mrbo.next());
      StepInput all = runs.everything(mrbo.next());
      sustain.step(all);
      mrbo.step(all);
      assertThat(FiniteSumRuns.x(sustain)).isEqualTo(FiniteSumRuns.x(mrbo));
      assertThat(FiniteSumRuns.y(sustain)).isEqualTo(FiniteSumRuns.y(mrbo));
    }
    assertThat(FiniteSumRuns.x(mrbo)[0]).isNotEqualTo(runs.sum.x0()[0]);
  }

  /** x -= alpha hyper(x, y), which is stocBiO without a step on y, then m steps on y. */
  @Test
  void on_all_records_vrbo_is_gradient_descent() {
    double[] x = runs.sum.x0();
    double[] y = runs.sum.y0();
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "vrbo");
    keys.put("alpha", 0.1);
    keys.put("beta", 0.3);
    keys.put("period", 4);
    keys.put("inner-steps", 3);
    keys.put("neumann-terms", 5);
    keys.put("eta", 0.3);
    keys.put("large-batch", 1);
    Solver solver = runs.create(keys, 0);
    solver.step(runs.everything(solver.next()));
    for (int k = 0; k < 60; k++) {
      descend(x, y);
      solver.step(runs.everything(solver.next()));
      Golden.assertClose("x after move " + k, FiniteSumRuns.x(solver), x, 1e-12);
      Golden.assertClose("y after move " + k, FiniteSumRuns.y(solver), y, 1e-12);
    }
    assertThat(runs.sum.gap(x)).isLessThan(0.1);
  }

  private void descend(double[] x, double[] y) {
    double[] fx = new double[x.length];
    double[] jv = new double[x.length];
    double[] p = new double[y.length];
    double[] hp = new double[y.length];
    double[] s = new double[y.length];
    runs.sum.problem().upperGradients(x, y, runs.sum.upper(), fx, p);
    for (int q = 0; q <= 5; q++) {
      for (int j = 0; j < s.length; j++) {
        s[j] += 0.3 * p[j];
      }
      runs.sum.problem().hvp(x, y, p, runs.sum.lower(), hp);
      for (int j = 0; j < s.length; j++) {
        p[j] -= 0.3 * hp[j];
      }
    }
    runs.sum.problem().jvp(x, y, s, runs.sum.lower(), jv);
    for (int i = 0; i < x.length; i++) {
      x[i] -= 0.1 * (fx[i] - jv[i]);
    }
    for (int step = 0; step < 3; step++) {
      runs.sum.problem().gradLowerY(x, y, runs.sum.lower(), hp);
      for (int j = 0; j < y.length; j++) {
        y[j] -= 0.3 * hp[j];
      }
    }
  }
}
