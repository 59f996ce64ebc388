package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.LinearMap;
import io.thalweg.linalg.NeumannSeries;

/** v = eta sum_{q=0..Q} (I - eta H)^q b, with as many terms as there are factors. */
final class NeumannInverse implements Inverse {
  private final NeumannSeries series;
  private final double eta;
  private double tail;

  /**
   * A series.
   *
   * @param q length of v
   * @param eta step of the series, at most 1 / Lg
   */
  NeumannInverse(int q, double eta) {
    series = new NeumannSeries(q);
    this.eta = eta;
  }

  @Override
  public void solve(LinearMap h, double[] b, int factors, long[] counters, double[] v) {
    series.solve(h, b, eta, factors, v);
    double size = Kernels.norm2(b);
    tail = size == 0 ? 0 : series.lastTerm() / size;
  }

  /** |(I - eta H)^Q b| / |b| of the last solution: what the terms that were left out start from. */
  double tail() {
    return tail;
  }
}
