package io.thalweg.linalg;

/**
 * The real roots of a polynomial. Between two neighbouring roots of its derivative a polynomial is
 * monotone, so it has at most one root there, found by Newton steps that fall back to halving where
 * they leave the interval; the roots of the derivative are found in the same way, down to degree 1.
 * A pure function of the coefficients, without a transcendental function and without allocation. A
 * root at which the polynomial does not change its sign is found where rounding lets it be seen.
 * One instance serves one thread.
 */
public final class RealRoots {
  /** Halvings of an interval of doubles until nothing lies between its ends, at most. */
  private static final int MOST_ROUNDS = 2200;

  /** Row k: coefficients of the derivative of degree k. */
  private final double[][] derivatives;

  /** Row k: roots of the polynomial of degree k, ascending. */
  private final double[][] roots;

  /**
   * A finder.
   *
   * @param degree highest power it is asked about, at least 1
   */
  public RealRoots(int degree) {
    derivatives = new double[degree + 1][];
    roots = new double[degree + 1][];
    for (int k = 0; k <= degree; k++) {
      derivatives[k] = new double[k + 1];
      roots[k] = new double[k];
    }
  }

  /**
   * Finds the real roots of c_0 + c_1 t + ... + c_n t^n.
   *
   * @param c coefficients, length degree + 1, not modified; zeros at the end lower the degree
   * @param out receives the roots in ascending order, length degree
   * @return how many there are; 0 for a constant, and where a coefficient is not finite
   */
  public int of(double[] c, double[] out) {
    if (!Kernels.allFinite(c)) {
      return 0;
    }
    int degree = c.length - 1;
    while (degree > 0 && c[degree] == 0) {
      degree--;
    }
    if (degree == 0) {
      return 0;
    }
    System.arraycopy(c, 0, derivatives[degree], 0, degree + 1);
    for (int k = degree - 1; k >= 1; k--) {
      for (int j = 0; j <= k; j++) {
        derivatives[k][j] = (j + 1) * derivatives[k + 1][j + 1];
      }
    }
    double bound = bound(c, degree);
    int found = 0;
    for (int k = 1; k <= degree; k++) {
      found = between(derivatives[k], roots[k - 1], found, bound, roots[k]);
    }
    System.arraycopy(roots[degree], 0, out, 0, found);
    return found;
  }

  /** Cauchy's bound, which holds for the roots of the derivatives as well (Gauss and Lucas). */
  private static double bound(double[] c, int degree) {
    double largest = 0;
    for (int j = 0; j < degree; j++) {
      largest = Math.max(largest, Math.abs(c[j] / c[degree]));
    }
    return Math.min(1 + largest, Double.MAX_VALUE / 2);
  }

  /** The roots of a polynomial, given those of its derivative. */
  private static int between(double[] c, double[] turns, int count, double bound, double[] out) {
    int found = 0;
    double left = -bound;
    double atLeft = value(c, left);
    for (int i = 0; i <= count; i++) {
      double right = i < count ? turns[i] : bound;
      double atRight = value(c, right);
      if (atLeft == 0) {
        if (found == 0 || out[found - 1] != left) {
          out[found++] = left;
        }
      } else if (atLeft < 0 ? atRight > 0 : atRight < 0) {
        out[found++] = within(c, left, right, atLeft < 0);
      }
      left = right;
      atLeft = atRight;
    }
    if (atLeft == 0 && found < out.length && (found == 0 || out[found - 1] != left)) {
      out[found++] = left;
    }
    return found;
  }

  /** The one root in an interval at whose ends the signs differ. */
  private static double within(double[] c, double from, double to, boolean rising) {
    double low = from;
    double high = to;
    double t = low + 0.5 * (high - low);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double value = value(c, t);
      if (value == 0) {
        return t;
      }
      if (value < 0 == rising) {
        low = t;
      } else {
        high = t;
      }
      double middle = low + 0.5 * (high - low);
      if (middle == low || middle == high) {
        return middle;
      }
      double next = t - value / slope(c, t);
      if (Math.abs(next - t) <= Math.ulp(t)) {
        return t;
      }
      // every third round halves, so that steps that creep along one side come to an end
      t = next > low && next < high && round % 3 != 2 ? next : middle;
    }
    return t;
  }

  private static double value(double[] c, double t) {
    double sum = 0;
    for (int j = c.length - 1; j >= 0; j--) {
      sum = sum * t + c[j];
    }
    return sum;
  }

  private static double slope(double[] c, double t) {
    double sum = 0;
    for (int j = c.length - 1; j >= 1; j--) {
      sum = sum * t + j * c[j];
    }
    return sum;
  }
}
