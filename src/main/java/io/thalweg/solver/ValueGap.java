package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;

/**
 * How far y is from solving the lower level, measured by its value: q(x, y) = g(x, y) - g(x, y^)
 * with a better point y^ that is held, so that q_x = gx(x, y) - gx(x, y^) and q_y = gy(x, y). Both
 * terms use the same batch: with two, their noise would not cancel. Values are needed for q alone;
 * where a method steps by the gradients only, q is there to be reported.
 */
final class ValueGap {
  private final BilevelOracle oracle;
  private final double[] qx;
  private final double[] qy;
  private final double[] atHeld;

  ValueGap(BilevelOracle oracle) {
    this.oracle = oracle;
    qx = new double[oracle.upperDim()];
    qy = new double[oracle.lowerDim()];
    atHeld = new double[oracle.upperDim()];
  }

  /**
   * Evaluates value and gradients: one gy, two gx, one g.
   *
   * @param x upper point
   * @param y lower point
   * @param held the better point y^
   * @param zeta lower batch
   * @return q
   */
  double evaluate(double[] x, double[] y, double[] held, Batch zeta) {
    double g = oracle.gradLowerY(x, y, zeta, qy);
    oracle.gradLowerX(x, y, zeta, qx);
    oracle.gradLowerX(x, held, zeta, atHeld);
    Kernels.axpy(-1, atHeld, qx);
    return g - oracle.lowerValue(x, held, zeta);
  }

  /** q_x of the last evaluation, length p. */
  double[] qx() {
    return qx;
  }

  /** q_y of the last evaluation, length q. */
  double[] qy() {
    return qy;
  }
}
