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

  private static final long ONE = Double.doubleToRawLongBits(1.0);

  private static final long SIGN = Long.MIN_VALUE;

  /** e^-|m| of the rows at hand; scratch. */
  private double[] tails = new double[0];

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
      sum += Math.max(0.0, -m);
    } else {
      sum += w * (Math.max(0.0, -m) + StrictMath.log1p(z));
    }
    return numerator(m, z) / (1 + z);
  }

  /** z for a positive margin, else 1; by bits, because its sign is what no processor can guess. */
  private static double numerator(double m, double z) {
    long negative = Double.doubleToRawLongBits(m) >> 63;
    return Double.longBitsToDouble((Double.doubleToRawLongBits(z) & ~negative) | (ONE & negative));
  }

  /**
   * Adds many rows, a pass over all of them for each of the exponentials, the product and the
   * quotients, so that only the first has to go number by number.
   *
   * @param labels positive for b = 1, else b = -1
   * @param weights weight of each row, not negative
   * @param margins a'y of each row; receives b s of each
   * @param rows how many
   */
  void addAll(double[] labels, double[] weights, double[] margins, int rows) {
    watch(labels, weights, margins, rows);
    for (int r = 0; r < rows; r++) {
      double m = margins[r];
      double z = tails[r];
      margins[r] = LogisticLoss.sign(labels[r]) * numerator(m, z) / (1 + z);
    }
  }

  /**
   * Adds many rows when nobody asks for the derivative.
   *
   * @param labels positive for b = 1, else b = -1
   * @param weights weight of each row, not negative
   * @param margins a'y of each row; receives m = b a'y
   * @param rows how many
   */
  void watch(double[] labels, double[] weights, double[] margins, int rows) {
    if (tails.length < rows) {
      tails = new double[rows];
    }
    for (int r = 0; r < rows; r++) {
      double m = sign(labels[r]) * margins[r];
      margins[r] = m;
      tails[r] = -Math.abs(m);
    }
    // alone in its loop: the call would have everything else wait in memory
    for (int r = 0; r < rows; r++) {
      tails[r] = StrictMath.exp(tails[r]);
    }
    double even = 0;
    double odd = 0;
    for (int r = 0; r < rows - 1; r += 2) {
      even += weights[r] * Math.max(0.0, -margins[r]);
      odd += weights[r + 1] * Math.max(0.0, -margins[r + 1]);
    }
    if ((rows & 1) != 0) {
      even += weights[rows - 1] * Math.max(0.0, -margins[rows - 1]);
    }
    sum += even + odd;
    if (allOne(weights, rows)) {
      for (int from = 0; from < rows; from += MOST_FACTORS) {
        sum += StrictMath.log(product(from, Math.min(rows, from + MOST_FACTORS)));
      }
    } else {
      for (int r = 0; r < rows; r++) {
        sum += weights[r] * StrictMath.log1p(tails[r]);
      }
    }
  }

  private static boolean allOne(double[] weights, int rows) {
    boolean one = true;
    for (int r = 0; r < rows; r++) {
      one &= weights[r] == 1;
    }
    return one;
  }

  /** The product of 1 + z over some rows, in partial products that do not wait for each other. */
  private double product(int from, int to) {
    double p0 = 1;
    double p1 = 1;
    double p2 = 1;
    double p3 = 1;
    int r = from;
    for (; r < to - 3; r += 4) {
      p0 *= 1 + tails[r];
      p1 *= 1 + tails[r + 1];
      p2 *= 1 + tails[r + 2];
      p3 *= 1 + tails[r + 3];
    }
    for (; r < to; r++) {
      p0 *= 1 + tails[r];
    }
    return (p0 * p1) * (p2 * p3);
  }

  /**
   * 1 for a positive number, else -1, NaN included; by bits, because labels are what no processor
   * can guess.
   */
  static double sign(double number) {
    long positive = Double.doubleToLongBits(0.0 - number);
    return Double.longBitsToDouble(ONE | (~positive & SIGN));
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

  /** log(1 + e^-m) of one margin. */
  static double of(double m) {
    return Math.max(0.0, -m) + StrictMath.log1p(StrictMath.exp(-Math.abs(m)));
  }

  /** 1 / (1 + e^-t) without overflow and, near 0, without cancellation. */
  static double sigma(double t) {
    return sigma(t, tail(t));
  }

  /** {@link #sigma(double)} where the exponential is known. */
  static double sigma(double t, double tail) {
    return numerator(-t, tail) / (1 + tail);
  }

  /** e^-|t|, the same for -t. */
  static double tail(double t) {
    return StrictMath.exp(-Math.abs(t));
  }
}
