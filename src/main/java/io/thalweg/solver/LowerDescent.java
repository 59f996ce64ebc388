package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;

/**
 * Gradient steps on the lower level at a fixed upper point, with or without a ridge: y becomes y -
 * beta (gy(x, y; zeta) + ridge y). One gy per step.
 */
final class LowerDescent {
  private final BilevelOracle oracle;
  private final double beta;
  private final double[] gradient;

  LowerDescent(BilevelOracle oracle, double beta) {
    this.oracle = oracle;
    this.beta = beta;
    gradient = new double[oracle.lowerDim()];
  }

  /**
   * Several steps on one batch.
   *
   * @param x upper point, not modified
   * @param y where the steps start, modified
   * @param zeta batch of all steps
   * @param steps how many, at least 1
   * @param ridge factor of y beside the gradient
   * @return g(x, y; zeta) where they started
   */
  double run(double[] x, double[] y, Batch zeta, int steps, double ridge) {
    double g = step(x, y, zeta, ridge);
    for (int i = 1; i < steps; i++) {
      step(x, y, zeta, ridge);
    }
    return g;
  }

  /** One step; returns g(x, y; zeta) where it started. */
  double step(double[] x, double[] y, Batch zeta, double ridge) {
    double g = oracle.gradLowerY(x, y, zeta, gradient);
    Kernels.axpy(ridge, y, gradient);
    Kernels.axpy(-beta, gradient, y);
    return g;
  }

  /** Norm of the direction of the last step, taken where that step started. */
  double residual() {
    return Kernels.norm2(gradient);
  }
}
