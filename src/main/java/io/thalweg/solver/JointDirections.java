package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;

/**
 * The directions of methods that move x, y and the solution v of H v = fy together, all at one
 * point: d_y = gy, d_v = H v - fy, d_x = fx - J v.
 */
final class JointDirections {
  /** d_x, length p. */
  final double[] upper;

  /** d_y, length q. */
  final double[] lower;

  /** d_v, length q. */
  final double[] linear;

  private final BilevelOracle oracle;
  private final int v;
  private final double[] fy;
  private final double[] jv;

  /**
   * Directions at the points of a method.
   *
   * @param oracle the problem
   * @param v slot of v
   */
  JointDirections(BilevelOracle oracle, int v) {
    this.oracle = oracle;
    this.v = v;
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    upper = new double[p];
    lower = new double[q];
    linear = new double[q];
    fy = new double[q];
    jv = new double[p];
  }

  /** Evaluates them: one gy, Hv and Jv on the lower batch, one fx and fy on the upper one. */
  void evaluate(State at, Batch zeta, Batch xi, StepFigures figures) {
    double f = oracle.upperGradients(at.x, at.y, xi, upper, fy);
    double g = oracle.lowerProducts(at.x, at.y, at.slots[v], zeta, lower, linear, jv);
    figures.losses(f, g);
    Kernels.axpy(-1, jv, upper);
    Kernels.axpy(-1, fy, linear);
  }
}
