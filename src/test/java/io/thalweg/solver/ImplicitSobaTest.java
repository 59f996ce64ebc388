package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.Golden;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Settings;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitSobaTest {
  private static final double RHO = 0.7;
  private static final double GAMMA = 0.3;
  private static final double BETA = 0.2;
  private static final double RMS = 0.9;
  private static final double[] BOX = {0.1, 0.9};

  private final Problem problem =
      Problems.create(
          Settings.of(
              "problem",
              Map.of(
                  "type",
                  "logistic-regression",
                  "features",
                  5,
                  "hyperparameters",
                  Map.of("l2", Map.of("init", 0.5, "bounds", List.of(-5, 9))))));

  private Solver create(double[] x) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "implicit-soba");
    keys.put("rho", RHO);
    keys.put("gamma", GAMMA);
    keys.put("beta", BETA);
    keys.put("rms", RMS);
    Constraint constraint =
        Constraints.of(
            Settings.of(
                "upper",
                Map.of("constraint", Map.of("type", "box", "lower", BOX[0], "upper", BOX[1]))),
            problem.upperDim(),
            problem.upperBounds());
    return Methods.create(
        Settings.of("solver", keys), problem, x, new double[problem.lowerDim()], constraint, 0);
  }

  /** With v of the other sign, as published. */
  @Test
  void steps_are_the_published_ones() {
    int p = problem.upperDim();
    int q = problem.lowerDim();
    double[] x = problem.defaultUpper();
    Solver solver = create(x.clone());
    double[] y = new double[q];
    double[] v = new double[q];
    double[] d = new double[p];
    double[] square = new double[p];
    Supply supply = Supply.of(problem, 4);
    int clipped = 0;
    solver.step(supply.next(solver.next()));
    for (int t = 0; t < 80; t++) {
      StepInput input = supply.next(solver.next());
      solver.step(input);
      Batch zeta = input.lower().get(0);
      double[] fx = new double[p];
      double[] fy = new double[q];
      double[] gy = new double[q];
      double[] hv = new double[q];
      double[] jv = new double[p];
      double[] e = new double[q];
      problem.upperGradients(x, y, input.upper().get(0), fx, fy);
      problem.lowerProducts(x, y, v, zeta, gy, hv, jv);
      for (int j = 0; j < p; j++) {
        e[j] = StrictMath.exp(x[j]);
      }
      double r = RHO / Math.sqrt(t + 1);
      for (int j = 0; j < q; j++) {
        double gData = gy[j] - e[j] * y[j];
        double hData = hv[j] - e[j] * v[j];
        y[j] = (y[j] - r * gData) / (1 + r * e[j]);
        v[j] = (v[j] - r * (hData + fy[j])) / (1 + r * e[j]);
      }
      for (int i = 0; i < p; i++) {
        double h = jv[i] + fx[i];
        d[i] += BETA * (h - d[i]);
        square[i] = RMS * square[i] + (1 - RMS) * h * h;
        double root = Math.sqrt(square[i] / (1 - StrictMath.pow(RMS, t + 1)));
        double step = GAMMA / Math.sqrt(t + 1) * d[i] / (root + 1e-8);
        x[i] = Math.max(BOX[0], Math.min(BOX[1], x[i] - step));
        clipped += x[i] == BOX[0] || x[i] == BOX[1] ? 1 : 0;
      }
      Golden.assertClose("x after move " + t, FiniteSumRuns.x(solver), x, 1e-12);
      Golden.assertClose("y after move " + t, FiniteSumRuns.y(solver), y, 1e-12);
    }
    assertThat(clipped).isPositive();
  }

  /** rho e^8 = 2000: an explicit step would leave at once. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"implicit-soba", "soba"})
  void stiff_penalties_do_not_limit_the_step(String method) {
    double[] x = new double[problem.upperDim()];
    Arrays.fill(x, 8);
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", method, "rho", RHO, "gamma", 1e-9)),
            problem,
            x,
            filled(problem.lowerDim(), 1),
            Constraint.NONE,
            0);
    Supply supply = Supply.of(problem, 4);
    boolean refused = false;
    for (int t = 0; t < 300; t++) {
      refused |= solver.step(supply.next(solver.next())) instanceof Verdict.Refused;
    }
    assertThat(refused).isEqualTo(method.equals("soba"));
    if (!refused) {
      double[] y = FiniteSumRuns.y(solver);
      for (int j = 0; j < x.length; j++) {
        assertThat(Math.abs(y[j])).isLessThan(1e-3);
      }
    }
  }

  private static double[] filled(int length, double value) {
    double[] out = new double[length];
    Arrays.fill(out, value);
    return out;
  }

  /** Of a negative weight 1 + rho e could be 0; without a penalty there is nothing to divide by. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "negative"})
  void steps_on_y_are_those_of_soba_without_weights_above_0(String penalty) {
    Problem game = RandomGame.problem();
    double[] soba = played("soba", game);
    double[] implicit =
        played("implicit-soba", penalty.equals("none") ? game : penalised(game, -1 / RHO));
    assertThat(implicit).isEqualTo(soba);
    assertThat(played("implicit-soba", penalised(game, 1))).isNotEqualTo(soba);
  }

  private static double[] played(String method, BilevelOracle oracle) {
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", method, "rho", RHO, "gamma", 1e-300)),
            oracle,
            new double[] {0.3, -0.2, 0.1},
            new double[4],
            Constraint.NONE,
            0);
    Supply supply = Supply.of(RandomGame.problem(), 4);
    for (int t = 0; t < 8; t++) {
      solver.step(supply.next(solver.next()));
    }
    return FiniteSumRuns.y(solver);
  }

  /** The problem, saying of itself that it has a penalty. */
  private static BilevelOracle penalised(Problem problem, double weight) {
    return (BilevelOracle)
        Proxy.newProxyInstance(
            ImplicitSobaTest.class.getClassLoader(),
            new Class<?>[] {BilevelOracle.class},
            (proxy, method, args) -> {
              if (method.getName().equals("lowerPenalty")) {
                Arrays.fill((double[]) args[1], weight);
                return true;
              }
              return method.invoke(problem, args);
            });
  }
}
