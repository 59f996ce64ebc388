package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * The problems min over x of max over y of f(x, y), as bilevel problems whose lower level is the
 * negative of the upper one:
 *
 * <pre>
 * g = -f     gx = -fx     gy = -fy     H = -f_yy     J = -f_xy
 * </pre>
 *
 * At the maximiser y*(x) fy is 0, so that the gradient of max over y of f(x, y) is fx alone. A
 * problem says what f is: its value and gradients by the calls of the upper level, what the lower
 * level needs beyond those by {@link #payoffYY} and {@link #payoffXY}. Samples of the two levels
 * are of one kind.
 *
 * <p>Not for concurrent use: scratch arrays are kept.
 */
abstract class Minimax extends FreeProblem {
  private final int p;
  private final int q;

  /** A unit vector and a product with it; scratch of the matrices. */
  private final double[] unit;

  private final double[] column;

  /**
   * A problem of given size.
   *
   * @param info names it
   * @param p length of x
   * @param q length of y
   * @param schema what a sample of either level holds
   */
  Minimax(ProblemInfo info, int p, int q, SampleSchema schema) {
    super(info, p, q, schema, schema);
    this.p = p;
    this.q = q;
    unit = new double[q];
    column = new double[Math.max(p, q)];
  }

  /** f_yy v, overwritten, length q. */
  abstract void payoffYY(double[] x, double[] y, double[] v, Batch batch, double[] out);

  /** f_xy v, overwritten, length p; f_xy is p x q. */
  abstract void payoffXY(double[] x, double[] y, double[] v, Batch batch, double[] out);

  @Override
  public final boolean isMinimax() {
    return true;
  }

  @Override
  public final double lowerValue(double[] x, double[] y, Batch zeta) {
    return -upperValue(x, y, zeta);
  }

  @Override
  public final void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    gradUpperX(x, y, zeta, gx);
    negate(gx, p);
  }

  @Override
  public final double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    double f = gradUpperY(x, y, zeta, gy);
    negate(gy, q);
    return -f;
  }

  @Override
  public final void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    payoffYY(x, y, v, zeta, hv);
    negate(hv, q);
  }

  @Override
  public final void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    payoffXY(x, y, v, zeta, jv);
    negate(jv, p);
  }

  /** Column by column, from products with unit vectors. */
  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    for (int k = 0; k < q; k++) {
      payoffYY(x, y, unit(k), zeta, column);
      for (int i = 0; i < q; i++) {
        h[i * q + k] = 0.0 - column[i];
      }
    }
  }

  /** Column by column, from products with unit vectors. */
  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    for (int k = 0; k < q; k++) {
      payoffXY(x, y, unit(k), zeta, column);
      for (int i = 0; i < p; i++) {
        j[i * q + k] = 0.0 - column[i];
      }
    }
  }

  private double[] unit(int k) {
    Arrays.fill(unit, 0);
    unit[k] = 1;
    return unit;
  }

  /** Subtracts from 0, so that a zero keeps its sign. */
  private static void negate(double[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 0.0 - out[i];
    }
  }
}
