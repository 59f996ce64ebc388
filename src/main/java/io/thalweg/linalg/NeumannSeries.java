package io.thalweg.linalg;

/**
 * eta sum_{q=0..Q} (I - eta H)^q b, close to H^-1 b for eta &lt;= 1 / Lg with bias at most (|b| /
 * mu) (1 - eta mu)^(Q + 1). Allocates at construction only.
 */
public final class NeumannSeries {
  private final double[] term;
  private final double[] product;

  /**
   * A series for one size.
   *
   * @param n length of b
   */
  public NeumannSeries(int n) {
    term = new double[n];
    product = new double[n];
  }

  /**
   * Sums the series: p = s = b; Q times p -= eta H p, s += p; then eta s.
   *
   * @param h the matrix; it may answer each product from a fresh sample
   * @param b right side, length n, not modified
   * @param eta step, at most 1 / Lg
   * @param terms Q, products with H, at least 0
   * @param out receives the sum, not b
   */
  public void solve(LinearMap h, double[] b, double eta, int terms, double[] out) {
    Kernels.copy(b, term);
    Kernels.copy(b, out);
    for (int q = 0; q < terms; q++) {
      h.apply(term, product);
      Kernels.axpy(-eta, product, term);
      Kernels.axpy(1, term, out);
    }
    Kernels.scale(eta, out);
  }

  /**
   * How large the last term was that went into the last sum.
   *
   * @return |(I - eta H)^Q b|
   */
  public double lastTerm() {
    return Kernels.norm2(term);
  }
}
