package io.thalweg.solver;

import io.thalweg.linalg.LinearMap;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;

/** The lower Hessian at one point on one batch, known by its products: one Hv per product. */
final class BatchHessian implements LinearMap {
  private static final double[] NOWHERE = new double[0];

  private final BilevelOracle oracle;
  private double[] x = NOWHERE;
  private double[] y = NOWHERE;
  private Batch zeta;

  BatchHessian(BilevelOracle oracle) {
    this.oracle = oracle;
    zeta = new Batch(oracle.schema(Level.LOWER), 1);
  }

  /**
   * Says where the next products are taken.
   *
   * @return this
   */
  BatchHessian at(double[] x, double[] y, Batch zeta) {
    this.x = x;
    this.y = y;
    this.zeta = zeta;
    return this;
  }

  @Override
  public void apply(double[] v, double[] out) {
    oracle.hvp(x, y, v, zeta, out);
  }
}
