package io.thalweg.oracle;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;

/**
 * Products with the second derivatives of g from its gradients alone, by central differences on one
 * batch:
 *
 * <pre>
 * H v = (gy(x, y + d v) - gy(x, y - d v)) / 2d        J v = (gx(x, y + d v) - gx(x, y - d v)) / 2d
 * </pre>
 *
 * The error is of order d^2 plus rounding of order 1e-16 |g| / d. Two gradients a product. Not
 * thread-safe; allocates nothing after construction.
 */
public final class DifferenceProducts {
  private final BilevelOracle oracle;
  private final double radius;
  private final boolean scaled;
  private final double[] shifted;
  private final double[] lowerBehind;
  private final double[] upperBehind;

  /**
   * Products of an oracle.
   *
   * @param oracle gives the gradients
   * @param radius d, positive
   * @param scaled whether d is divided by max(1, |v|), so that a long v is not looked at from afar
   */
  public DifferenceProducts(BilevelOracle oracle, double radius, boolean scaled) {
    this.oracle = oracle;
    this.radius = radius;
    this.scaled = scaled;
    shifted = new double[oracle.lowerDim()];
    lowerBehind = new double[oracle.lowerDim()];
    upperBehind = new double[oracle.upperDim()];
  }

  /**
   * H v.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param v direction, length q
   * @param zeta lower batch
   * @param hv receives it, length q; not v
   */
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    double d = radius(v);
    Kernels.add(y, -d, v, shifted);
    oracle.gradLowerY(x, shifted, zeta, lowerBehind);
    Kernels.add(y, d, v, shifted);
    oracle.gradLowerY(x, shifted, zeta, hv);
    quotient(hv, lowerBehind, d);
  }

  /**
   * J v.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param v direction, length q
   * @param zeta lower batch
   * @param jv receives it, length p
   */
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    double d = radius(v);
    Kernels.add(y, -d, v, shifted);
    oracle.gradLowerX(x, shifted, zeta, upperBehind);
    Kernels.add(y, d, v, shifted);
    oracle.gradLowerX(x, shifted, zeta, jv);
    quotient(jv, upperBehind, d);
  }

  private double radius(double[] v) {
    return scaled ? radius / Math.max(1, Kernels.norm2(v)) : radius;
  }

  private static void quotient(double[] ahead, double[] behind, double d) {
    for (int i = 0; i < ahead.length; i++) {
      ahead[i] = (ahead[i] - behind[i]) / (2 * d);
    }
  }
}
