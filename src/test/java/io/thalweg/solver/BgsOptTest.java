package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.Golden;
import io.thalweg.linalg.ConjugateGradient;
import io.thalweg.linalg.Kernels;
import io.thalweg.problem.FiniteSumCase;
import io.thalweg.problem.Problem;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** BGS-Opt against an independent implementation, and the two methods it lies between. */
class BgsOptTest {
  private static final double TOLERANCE = 1e-10;

  private static final double BETA = 0.2;
  private static final int N = 6;

  private final FiniteSumCase sum = new FiniteSumCase();
  private final Problem problem = sum.problem();
  private final int p = problem.upperDim();
  private final int q = problem.lowerDim();

  @Test
  void iterates_follow_the_reference_to_its_end() {
    new ReconstructedRun("bgs-opt").replay(solver -> {});
  }

  @Test
  void without_a_linear_variable_it_is_plain_unrolling() {
    double[] direction = direction(Map.of("M", 0));
    Golden.assertClose("derivative of f(x, y^N)", direction, unrolled(), TOLERANCE);
    assertThat(distance(direction, implicit())).isGreaterThan(1e-3);
  }

  @Test
  void with_an_exact_linear_variable_nothing_is_left_to_unroll() {
    double[] direction = direction(Map.of("M", 20_000, "rho", 0.05, "delta", 0));
    Golden.assertClose("fx - J H^-1 fy at y^N", direction, implicit(), TOLERANCE);
  }

  private static double distance(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Kernels.add(a, -1, b, difference);
    return Kernels.norm2(difference);
  }

  /** Of the first move, x - w. */
  private double[] direction(Map<String, ?> more) {
    Map<String, Object> keys = new LinkedHashMap<>(more);
    keys.put("method", "bgs-opt");
    keys.put("alpha", 1);
    keys.put("beta", BETA);
    keys.put("N", N);
    Solver solver =
        Methods.create(
            Settings.of("solver", keys), problem, sum.x0(), sum.y0(), Constraint.NONE, 1);
    solver.step(new StepInput(List.of(), List.of()));
    solver.step(StepInput.of(sum.lower(), sum.upper()));
    double[] x = new double[p];
    solver.upper(x);
    double[] out = new double[p];
    Kernels.add(sum.x0(), -1, x, out);
    return out;
  }

  /** By the chain rule in the other direction: dy/dx along the lower steps, q x p. */
  private double[] unrolled() {
    double[] y = sum.y0();
    double[] gy = new double[q];
    double[] h = new double[q * q];
    double[] j = new double[p * q];
    double[] s = new double[q * p];
    for (int n = 0; n < N; n++) {
      problem.gradLowerY(sum.x0(), y, sum.lower(), gy);
      problem.hessian(sum.x0(), y, sum.lower(), h);
      problem.cross(sum.x0(), y, sum.lower(), j);
      double[] next = s.clone();
      for (int i = 0; i < q; i++) {
        for (int c = 0; c < p; c++) {
          double sloped = j[c * q + i];
          for (int k = 0; k < q; k++) {
            sloped += h[i * q + k] * s[k * p + c];
          }
          next[i * p + c] -= BETA * sloped;
        }
      }
      s = next;
      Kernels.axpy(-BETA, gy, y);
    }
    double[] fx = new double[p];
    double[] fy = new double[q];
    problem.upperGradients(sum.x0(), y, sum.upper(), fx, fy);
    double[] through = new double[p];
    Kernels.gemvTransposed(q, p, s, fy, through);
    Kernels.axpy(1, through, fx);
    return fx;
  }

  private double[] implicit() {
    double[] y = sum.y0();
    double[] gy = new double[q];
    for (int n = 0; n < N; n++) {
      problem.gradLowerY(sum.x0(), y, sum.lower(), gy);
      Kernels.axpy(-BETA, gy, y);
    }
    double[] fx = new double[p];
    double[] fy = new double[q];
    problem.upperGradients(sum.x0(), y, sum.upper(), fx, fy);
    double[] v = new double[q];
    new ConjugateGradient(q, 0)
        .solve((in, out) -> problem.hvp(sum.x0(), y, in, sum.lower(), out), fy, v, 4 * q);
    double[] jv = new double[p];
    problem.jvp(sum.x0(), y, v, sum.lower(), jv);
    Kernels.axpy(-1, jv, fx);
    return fx;
  }
}
