package io.thalweg.problem;

/**
 * Running sum of w log(1 + e^-m) over rows. A row costs one exponential and hands back the
 * derivative that the gradient needs; the logarithm is taken once for many rows, of the product of
 * their 1 + e^-|m|, which lie in (1, 2]. What that loses against a logarithm per row is below 1e-16
 * for each.
 */
final class LogisticLoss {
  /** Factors of at most 2 whose product cannot overflow. */
  private static final int MOST_FACTORS = 512;

  private double sum;
  private double product = 1;
  private int factors;

  /** Starts anew. */
  void clear() {
    sum = 0;
    product = 1;
    factors = 0;
  }

  /**
   * Adds a row.
   *
   * @param m margin b a'y
   * @param w weight of the row, not negative
   * @return s = sigma(-m) = 1/(1 + e^m), minus the derivative of log(1 + e^-m)
   */
  double add(double m, double w) {
    double z = StrictMath.exp(-Math.abs(m));
    if (w == 1) {
      product *= 1 + z;
      factors++;
      if (factors == MOST_FACTORS) {
        gather();
      }
      if (!(m >= 0)) {
        sum -= m;
      }
    } else {
      double tail = StrictMath.log1p(z);
      sum += w * (m >= 0 ? tail : tail - m);
    }
    return m >= 0 ? z / (1 + z) : 1 / (1 + z);
  }

  /** The sum of all rows since {@link #clear()}. */
  double sum() {
    gather();
    return sum;
  }

  private void gather() {
    if (factors > 0) {
      sum += StrictMath.log(product);
      product = 1;
      factors = 0;
    }
  }

  /** 1 / (1 + e^-t) without overflow and, near 0, without cancellation. */
  static double sigma(double t) {
    double z = StrictMath.exp(-Math.abs(t));
    return t >= 0 ? 1 / (1 + z) : z / (1 + z);
  }
}
