package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.LinearMap;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * The hypergradient fx - J v with v about H^-1 fy, every product with H from a lower batch of its
 * own and J from a further one. The batches are chosen first, so that the same ones serve at two
 * points.
 */
final class SampledHypergradient {
  private final BilevelOracle oracle;
  private final Inverse inverse;
  private final double[] fy;
  private final double[] v;
  private final double[] jv;
  private final LinearMap hessian = this::product;

  /** Batches of the factors, then that of J. */
  private final List<Batch> lower = new ArrayList<>();

  private int factor;
  private double[] atX = new double[0];
  private double[] atY = new double[0];

  SampledHypergradient(BilevelOracle oracle, Inverse inverse) {
    this.oracle = oracle;
    this.inverse = inverse;
    fy = new double[oracle.lowerDim()];
    v = new double[oracle.lowerDim()];
    jv = new double[oracle.upperDim()];
  }

  /** Takes {@code factors} batches from a place on for the products with H, the next one for J. */
  void choose(List<Batch> batches, int from, int factors) {
    lower.clear();
    for (int i = from; i <= from + factors; i++) {
      lower.add(batches.get(i));
    }
  }

  /** Takes one batch for all of it. */
  void choose(Batch batch, int factors) {
    lower.clear();
    for (int i = 0; i <= factors; i++) {
      lower.add(batch);
    }
  }

  /**
   * Evaluates it: one fx, fy and Jv and as many Hv as there are factors.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param xi upper batch
   * @param counters receives counts of what was clamped
   * @param out receives fx - J v, length p
   * @return f(x, y; xi)
   */
  double at(double[] x, double[] y, Batch xi, long[] counters, double[] out) {
    int factors = lower.size() - 1;
    double f = oracle.upperGradients(x, y, xi, out, fy);
    atX = x;
    atY = y;
    factor = 0;
    inverse.solve(hessian, fy, factors, counters, v);
    oracle.jvp(x, y, v, lower.get(factors), jv);
    Kernels.axpy(-1, jv, out);
    return f;
  }

  private void product(double[] u, double[] out) {
    oracle.hvp(atX, atY, u, lower.get(factor), out);
    factor++;
  }
}
