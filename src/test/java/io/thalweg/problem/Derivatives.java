package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import java.util.Arrays;
import org.assertj.core.data.Offset;

/** Compares every derivative of a problem with central differences of the value below it. */
final class Derivatives {
  private static final double DELTA = 1e-5;

  private final Problem problem;
  private final Batch xi;
  private final Batch zeta;
  private final double[] x;
  private final double[] y;
  private final double[] v;
  private final int p;
  private final int q;

  Derivatives(Problem problem, Batch xi, Batch zeta, double[] x, double[] y, double[] v) {
    this.problem = problem;
    this.xi = xi;
    this.zeta = zeta;
    this.x = x;
    this.y = y;
    this.v = v;
    p = problem.upperDim();
    q = problem.lowerDim();
  }

  /** Checks gradients, products, matrices and the fused calls against each other. */
  void check() {
    double[] fx = poisoned(p);
    double[] fy = poisoned(q);
    double[] gx = poisoned(p);
    double[] gy = poisoned(q);
    problem.gradUpperX(x, y, xi, fx);
    problem.gradUpperY(x, y, xi, fy);
    problem.gradLowerX(x, y, zeta, gx);
    value(problem.gradLowerY(x, y, zeta, gy), problem.lowerValue(x, y, zeta), "g beside gy");
    close(fx, differences(x, () -> problem.upperValue(x, y, xi)), "fx");
    close(fy, differences(y, () -> problem.upperValue(x, y, xi)), "fy");
    close(gx, differences(x, () -> problem.lowerValue(x, y, zeta)), "gx");
    close(gy, differences(y, () -> problem.lowerValue(x, y, zeta)), "gy");

    double[] fusedX = poisoned(p);
    double[] fusedY = poisoned(q);
    value(
        problem.upperGradients(x, y, xi, fusedX, fusedY),
        problem.upperValue(x, y, xi),
        "f beside its gradients");
    same(fusedX, fx, "fused fx");
    same(fusedY, fy, "fused fy");
    if (!problem.capabilities().contains(Capability.PRODUCTS)) {
      return;
    }

    double[] hv = poisoned(q);
    double[] jv = poisoned(p);
    problem.hvp(x, y, v, zeta, hv);
    problem.jvp(x, y, v, zeta, jv);
    close(hv, differences(y, () -> along(gyNow())), "Hv");
    close(jv, differences(x, () -> along(gyNow())), "Jv");

    double[] h = poisoned(q * q);
    double[] j = poisoned(p * q);
    problem.hessian(x, y, zeta, h);
    problem.cross(x, y, zeta, j);
    close(multiply(h, q), hv, "dense H v");
    close(multiply(j, p), jv, "dense J v");
    for (int a = 0; a < q; a++) {
      for (int b = 0; b < a; b++) {
        assertThat(h[a * q + b]).isCloseTo(h[b * q + a], Offset.offset(1e-14));
      }
    }

    double[] fusedG = poisoned(q);
    double[] fusedH = poisoned(q);
    double[] fusedJ = poisoned(p);
    value(
        problem.lowerProducts(x, y, v, zeta, fusedG, fusedH, fusedJ),
        problem.lowerValue(x, y, zeta),
        "g beside the products");
    same(fusedG, gy, "fused gy");
    same(fusedH, hv, "fused Hv");
    same(fusedJ, jv, "fused Jv");
  }

  private double[] gyNow() {
    double[] gy = new double[q];
    problem.gradLowerY(x, y, zeta, gy);
    return gy;
  }

  private double along(double[] u) {
    double sum = 0;
    for (int i = 0; i < q; i++) {
      sum += u[i] * v[i];
    }
    return sum;
  }

  private double[] multiply(double[] m, int rows) {
    double[] out = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < q; k++) {
        out[i] += m[i * q + k] * v[k];
      }
    }
    return out;
  }

  private static double[] differences(double[] at, java.util.function.DoubleSupplier value) {
    double[] out = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double kept = at[i];
      at[i] = kept + DELTA;
      double above = value.getAsDouble();
      at[i] = kept - DELTA;
      double below = value.getAsDouble();
      at[i] = kept;
      out[i] = (above - below) / (2 * DELTA);
    }
    return out;
  }

  private static void close(double[] actual, double[] expected, String what) {
    double scale = 1;
    for (double e : expected) {
      scale = Math.max(scale, Math.abs(e));
    }
    assertThat(actual).as(what).containsExactly(expected, Offset.offset(1e-7 * scale));
  }

  private static void value(double actual, double expected, String what) {
    assertThat(actual).as(what).isCloseTo(expected, Offset.offset(1e-13));
  }

  private static void same(double[] actual, double[] expected, String what) {
    assertThat(actual).as(what).containsExactly(expected, Offset.offset(1e-13));
  }

  /** Outputs must be overwritten, not added to. */
  private static double[] poisoned(int n) {
    double[] out = new double[n];
    Arrays.fill(out, 1e300);
    return out;
  }
}
