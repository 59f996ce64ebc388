package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.LinearMap;
import io.thalweg.linalg.Projections;

/**
 * v = Q eta prod_{j=1..q} (I - eta H_j) b, for q uniform on {0 ... Q - 1}: in the mean the Neumann
 * sum of Q terms, at the cost of (Q - 1) / 2 products and with a variance of the order Q^2. Where a
 * bound C on |b| is given, v is kept within |v| &lt;= C Q eta.
 */
final class TruncatedInverse implements Inverse {
  private final double eta;
  private final double scale;
  private final double radius;
  private final int clamps;
  private final double[] product;

  /**
   * Declares the counter of clamps.
   *
   * @param context the problem and the layout
   * @param eta step of the series, at most 1 / Lg
   * @param terms Q
   * @param bound C, infinite when off
   */
  TruncatedInverse(MethodContext context, double eta, int terms, double bound) {
    this.eta = eta;
    scale = terms * eta;
    radius = bound * scale;
    clamps = context.layout().counter("clamps-linear");
    product = new double[context.oracle().lowerDim()];
  }

  @Override
  public void solve(LinearMap h, double[] b, int factors, long[] counters, double[] v) {
    Kernels.copy(b, v);
    for (int j = 0; j < factors; j++) {
      h.apply(v, product);
      Kernels.axpy(-eta, product, v);
    }
    Kernels.scale(scale, v);
    if (Projections.ball(v, radius)) {
      counters[clamps]++;
    }
  }
}
