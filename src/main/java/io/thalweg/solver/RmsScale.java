package io.thalweg.solver;

import io.thalweg.settings.Range;

/**
 * Divides a direction, entry by entry, by the root of the running mean square of h, whose start at
 * 0 is made good (as in RMSprop and Adam). After n updates:
 *
 * <pre>
 * q = decay q + (1 - decay) h^2          d / (sqrt(q / (1 - decay^n)) + 1e-8)
 * </pre>
 */
final class RmsScale {
  /** Weights of the past. */
  static final Range DECAYS = new Range(0, false, 1, true);

  static final double DEFAULT_DECAY = 0.99;

  private static final double TINY = 1e-8;

  private final double decay;
  private final double logDecay;

  RmsScale(double decay) {
    this.decay = decay;
    logDecay = StrictMath.log(decay);
  }

  /**
   * The next q, and the divided direction.
   *
   * @param h what is squared
   * @param d what is divided; may be h
   * @param before q of the n - 1 updates before
   * @param q receives the next q; may be {@code before}
   * @param n updates, this one included
   * @param out receives the divided d
   */
  void apply(double[] h, double[] d, double[] before, double[] q, long n, double[] out) {
    double weight = -StrictMath.expm1(n * logDecay);
    for (int i = 0; i < h.length; i++) {
      q[i] = decay * before[i] + (1 - decay) * h[i] * h[i];
      out[i] = d[i] / (Math.sqrt(q[i] / weight) + TINY);
    }
  }
}
