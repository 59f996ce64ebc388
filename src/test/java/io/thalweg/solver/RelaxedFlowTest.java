package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.Exact;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.problem.ToyCase;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods of relaxed gradient flow against an independent implementation. */
class RelaxedFlowTest {
  private static final double TOLERANCE = 1e-9;

  private static ToyCase of(String name) {
    return switch (name) {
      case "convex" -> ToyCase.convex();
      case "nonconvex" -> ToyCase.nonconvex();
      default -> ToyCase.coreset();
    };
  }

  private static Map<String, Object> settings(JsonNode run, String name) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("lower-batches", 1);
    switch (name) {
      case "qp1", "qp2" -> {
        keys.put("method", "rxgf-" + name);
        keys.put("K", run.get("K").intValue());
        keys.put("ca", run.get("ca").doubleValue());
        keys.put("cg", run.get("cg").doubleValue());
      }
      case "rxgf" -> {
        keys.put("method", "sgf");
        for (String key : List.of("alpha", "gamma", "eps")) {
          keys.put(key, run.get(key).doubleValue());
        }
      }
      case "qcqp" -> {
        keys.put("method", "sequential-qcqp");
        for (String key : List.of("alpha", "eps", "w", "t0", "const")) {
          keys.put(key, run.get(key).doubleValue());
        }
      }
      default -> {
        keys.put("method", "rxgf-qp1");
        keys.put("alpha", run.get("alpha").doubleValue());
        keys.put("gamma", run.get("gamma").doubleValue());
      }
    }
    return keys;
  }

  private static Repeated at(ToyCase toy, Map<String, Object> keys, JsonNode z) {
    Solver solver =
        Methods.create(
            Settings.of("solver", keys), toy.problem(), toy.x(z), toy.y(z), Constraint.NONE, 0);
    Repeated run = new Repeated(solver, toy.lower(), toy.upper());
    run.step();
    return run;
  }

  private static void compare(ToyCase toy, String run, Repeated found, JsonNode z) {
    Golden.assertClose(run + ", x", found.x(), toy.x(z), TOLERANCE);
    Golden.assertClose(run + ", y", found.y(), toy.y(z), TOLERANCE);
  }

  /**
   * In the first move of qp1 and qp2 on the convex toy |grad h| is rounding of 0, and the direction
   * taken out of -grad f is the direction of that rounding: those runs are followed from the second
   * point on.
   */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "convex, qp1, 1",
    "convex, qp2, 1",
    "convex, rxgf, 0",
    "convex, qcqp, 0",
    "nonconvex, qp1, 0",
    "nonconvex, qp2, 0",
    "nonconvex, rxgf, 0",
    "nonconvex, qcqp, 0",
    "coreset, coreset, 0"
  })
  void iterates_follow_the_reference(String problem, String name, int from) {
    ToyCase toy = of(problem);
    JsonNode golden = toy.run(name);
    JsonNode z = golden.get("z");
    Repeated run = at(toy, settings(golden, name), z.get(from));
    assertThat(z).hasSize(50);
    for (int k = from; k < 50; k++) {
      compare(toy, name + " at " + k, run, z.get(k));
      run.step();
      if (golden.has("t")) {
        assertThat(run.figure("step-size"))
            .as("t at %d", k)
            .isCloseTo(golden.get("t").get(k).doubleValue(), within(1e-15));
      }
    }
    assertEnds(toy, golden, run);
  }

  /** Where a run of K steps ends; of the coreset see below. */
  private static void assertEnds(ToyCase toy, JsonNode golden, Repeated run) {
    if (golden.has("X")) {
      return;
    }
    run.steps(golden.get("K").intValue() - 50);
    assertThat(f(toy, run)).isCloseTo(golden.get("end_f").doubleValue(), within(TOLERANCE));
    assertThat(gy(toy, run)).isCloseTo(golden.get("end_gy").doubleValue(), within(TOLERANCE));
    if (golden.has("end_z")) {
      compare(toy, "end", run, golden.get("end_z"));
    }
    if (golden.has("end_d")) {
      run.step();
      assertThat(run.figure("direction-norm"))
          .isCloseTo(golden.get("end_d").doubleValue(), within(TOLERANCE));
    }
  }

  private static double f(ToyCase toy, Repeated run) {
    return toy.problem().upperValue(run.x(), run.y(), toy.upper());
  }

  private static double gy(ToyCase toy, Repeated run) {
    double[] gy = new double[toy.problem().lowerDim()];
    toy.problem().gradLowerY(run.x(), run.y(), toy.lower(), gy);
    return Math.sqrt(Arrays.stream(gy).map(g -> g * g).sum());
  }

  @Test
  void where_the_constraint_is_flat_the_first_move_takes_out_one_direction() {
    ToyCase toy = ToyCase.convex();
    for (String name : List.of("qp1", "qp2")) {
      JsonNode golden = toy.run(name);
      Repeated run = at(toy, settings(golden, name), golden.get("z").get(0));
      double gamma = golden.get("gamma").doubleValue();
      run.step();
      assertThat(Math.sqrt(run.slot("constraint")[1])).isLessThan(1e-14);
      // both remove from -grad f its part along a unit vector, each along one of its own
      double[] fx = new double[5];
      double[] fy = new double[5];
      toy.problem().upperGradients(toy.x0(), toy.y0(), toy.upper(), fx, fy);
      double[] mine = concat(run.slot("dx"), run.slot("dy"));
      double[] theirs = new double[10];
      for (int i = 0; i < 10; i++) {
        theirs[i] =
            (golden.get("z").get(1).get(i).doubleValue()
                    - golden.get("z").get(0).get(i).doubleValue())
                / gamma;
      }
      for (double[] d : List.of(mine, theirs)) {
        double[] removed = concat(fx, fy);
        Kernels.axpy(1, d, removed);
        assertThat(Kernels.dot(removed, d)).isCloseTo(0, within(1e-12));
      }
    }
  }

  private static double[] concat(double[] a, double[] b) {
    double[] out = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }

  /**
   * At this step size the coreset ends in a cycle: the multiplier grows past 1 / gamma, y swings
   * with growing amplitude, the multiplier falls back, about every 400 steps. A last bit of the
   * start decides how far a cycle is after 25 000 steps (1e-16 moves f by 2e-4), so that the
   * recorded end is no point to hit; it must lie within what the cycle around that step visits.
   */
  @Test
  void the_coreset_ends_in_the_cycle_that_holds_the_recorded_end() {
    ToyCase toy = ToyCase.coreset();
    JsonNode golden = toy.golden();
    double[] expected =
        concat(
            Golden.numbers(golden.get("end_z")),
            new double[] {golden.get("end_f").doubleValue(), golden.get("end_gy").doubleValue()});
    double[] least = new double[expected.length];
    double[] most = new double[expected.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    Repeated run = at(toy, settings(golden, "coreset"), golden.get("z0"));
    run.steps(golden.get("K").intValue() - 500);
    for (int k = 0; k < 1000; k++) {
      run.step();
      double[] end = concat(concat(run.x(), run.y()), new double[] {f(toy, run), gy(toy, run)});
      for (int j = 0; j < end.length; j++) {
        least[j] = Math.min(least[j], end[j]);
        most[j] = Math.max(most[j], end[j]);
      }
    }
    for (int j = 0; j < expected.length; j++) {
      assertThat(expected[j]).as("entry %d", j).isBetween(least[j], most[j]);
    }
    // the cycle is a narrow one
    assertThat(most[6] - least[6]).isLessThan(3e-3);
    assertThat(most[7] - least[7]).isLessThan(1e-3);
  }

  @ParameterizedTest(name = "{0}, K = {1}: f {2}, |gy| {3}")
  @CsvSource({
    "qp1, 64000, 1.9940, 0.0308",
    "qp2, 64000, 2.0587, 0.00745",
  })
  void more_steps_end_closer_to_the_exact_value(String name, int steps, double f, double gy) {
    ToyCase toy = ToyCase.convex();
    Map<String, Object> keys = settings(toy.run(name), name);
    keys.put("K", steps);
    Repeated run = at(toy, keys, toy.golden().get("z0"));
    run.steps(steps);
    assertThat(f(toy, run)).isCloseTo(f, within(5e-5));
    assertThat(gy(toy, run)).isCloseTo(gy, within(5e-5));
  }

  static JsonNode cases() {
    return Golden.read("rxgf_toy").get("qp_cases");
  }

  @Test
  void directions_solve_their_programs() {
    assertThat(cases()).hasSize(10);
    for (JsonNode golden : cases()) {
      double[] df = Golden.numbers(golden.get("df"));
      double[] dh = Golden.numbers(golden.get("dh"));
      int p = df.length / 2;
      RelaxedDirections directions = new RelaxedDirections(p, df.length - p);
      System.arraycopy(df, 0, directions.fx, 0, p);
      System.arraycopy(df, p, directions.fy, 0, df.length - p);
      System.arraycopy(dh, 0, directions.hx, 0, p);
      System.arraycopy(dh, p, directions.hy, 0, df.length - p);
      double[] dx = new double[p];
      double[] dy = new double[df.length - p];
      double multiplier = directions.qp(golden.get("cprime").doubleValue(), dx, dy);
      assertThat(multiplier).isCloseTo(golden.get("lam").doubleValue(), within(TOLERANCE));
      Golden.assertClose("qp", concat(dx, dy), Golden.numbers(golden.get("d")), 1e-10);
      boolean feasible =
          directions.qcqp(golden.get("c").doubleValue(), golden.get("w").doubleValue(), dx, dy);
      if (golden.get("qcqp").isNull()) {
        assertThat(feasible).isFalse();
      } else {
        assertThat(feasible).isTrue();
        Golden.assertClose("qcqp", concat(dx, dy), Golden.numbers(golden.get("qcqp")), 1e-10);
      }
    }
  }

  @Test
  void a_line_search_asks_for_one_value_per_trial() {
    ToyCase toy = ToyCase.convex();
    CountingOracle counting = new CountingOracle(toy.problem());
    JsonNode golden = toy.run("qcqp");
    Solver solver =
        Methods.create(
            Settings.of("solver", settings(golden, "qcqp")),
            counting,
            toy.x0(),
            toy.y0(),
            Constraint.NONE,
            0);
    Repeated run = new Repeated(solver, toy.lower(), toy.upper());
    run.step();
    int searches = 0;
    for (int k = 0; k < 50; k++) {
      counting.reset();
      run.step();
      long trials =
          counting.count(OracleCall.GRAD_LOWER_Y) - 1 + counting.count(OracleCall.UPPER_VALUE);
      if (trials > 0) {
        searches++;
        assertThat(run.figure("step-size")).isEqualTo(StrictMath.pow(2, 2 - trials));
      } else {
        assertThat(run.figure("step-size")).isEqualTo(0.1);
      }
      assertThat(counting.count(OracleCall.HVP)).isEqualTo(1);
      assertThat(counting.count(OracleCall.JVP)).isEqualTo(1);
    }
    assertThat(searches).isGreaterThan(10);
  }

  @Test
  void both_integrators_follow_one_flow() {
    ToyCase toy = ToyCase.nonconvex();
    double[] euler = flow(toy, "euler", 0.1, 2, 8000);
    double[] rk4 = flow(toy, "rk4", 0.1, 2, 200);
    double[] coarse = flow(toy, "euler", 0.1, 2, 200);
    assertThat(distance(rk4, euler)).isLessThan(3e-4);
    assertThat(distance(coarse, euler)).isGreaterThan(1e-3);
  }

  /**
   * Where the constraint never binds the flow is smooth, and half the step has 1/16 of the error.
   */
  @Test
  void the_runge_kutta_rule_is_of_order_four() {
    ToyCase toy = ToyCase.nonconvex();
    double[] fine = flow(toy, "rk4", 100, 1, 512);
    double coarse = distance(flow(toy, "rk4", 100, 1, 8), fine);
    double half = distance(flow(toy, "rk4", 100, 1, 16), fine);
    assertThat(coarse / half).isBetween(12.0, 20.0);
  }

  private static double[] flow(ToyCase toy, String integrator, double eps, double time, int steps) {
    JsonNode golden = toy.run("rxgf");
    Map<String, Object> keys = settings(golden, "rxgf");
    keys.put("integrator", integrator);
    keys.put("eps", eps);
    keys.put("gamma", time / steps);
    Repeated run = at(toy, keys, golden.get("z").get(0));
    run.steps(steps);
    return concat(run.x(), run.y());
  }

  private static double distance(double[] a, double[] b) {
    double[] difference = a.clone();
    Kernels.axpy(-1, b, difference);
    return Kernels.norm2(difference);
  }

  /**
   * E grad h = 2 E[(J, H)] E[gy] where the two come from batches of their own; on one batch the
   * noise that they share adds its variance, here 2 (0.7)^2 y.
   */
  @ParameterizedTest(name = "lower-batches {0}: bias {1}")
  @CsvSource({"1, 0.98", "2, 0"})
  void two_batches_take_the_bias_out(int batches, double bias) {
    Problem problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "strict-saddle", "s-a", 1, "s-b", 0, "s-n", 0)));
    LowerStationarity lower =
        new LowerStationarity(
            new MethodContext(
                Settings.of("solver", Map.of("lower-batches", batches)),
                problem,
                null,
                Constraint.NONE,
                0,
                new StateLayout(2, 2)));
    double[] x = {0.3, -0.2};
    double[] y = {1, -1};
    Batch upper = Exact.batch(problem, Level.UPPER);
    Batch exact = Exact.batch(problem, Level.LOWER);
    lower.evaluate(x, y, new StepInput(List.of(exact, exact), List.of(upper)), new StepFigures());
    double[] expected = lower.directions().hy.clone();
    double[] mean = new double[2];
    SplitMix64 rng = new SplitMix64(5);
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      List<Batch> zetas = new ArrayList<>();
      for (int b = 0; b < batches; b++) {
        zetas.add(RandomGame.batch(problem, Level.LOWER, rng, 1));
      }
      lower.evaluate(x, y, new StepInput(zetas, List.of(upper)), new StepFigures());
      Kernels.axpy(1.0 / draws, lower.directions().hy, mean);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(mean[i] - expected[i]).isCloseTo(bias * y[i], within(0.1));
    }
  }
}
