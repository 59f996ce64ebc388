package io.thalweg.linalg;

/** Nearest points of simple sets, in place. A set that contains the point leaves it untouched. */
public final class Projections {
  private Projections() {}

  /**
   * Ball around the origin: v stays when |v| &lt;= radius, else becomes v radius / |v|.
   *
   * @param v vector, modified
   * @param radius not negative; infinity switches it off
   * @return true when v was outside
   */
  public static boolean ball(double[] v, double radius) {
    if (radius == Double.POSITIVE_INFINITY) {
      return false;
    }
    double norm = Kernels.norm2(v);
    if (!(norm > radius)) {
      return false;
    }
    Kernels.scale(radius / norm, v);
    return true;
  }

  /**
   * Box: every entry is clipped to its interval.
   *
   * @param v vector, modified
   * @param lower lower ends, same length, may be negative infinity
   * @param upper upper ends, same length, may be infinity
   * @return true when any entry was outside
   */
  public static boolean box(double[] v, double[] lower, double[] upper) {
    boolean outside = false;
    for (int i = 0; i < v.length; i++) {
      if (v[i] < lower[i]) {
        v[i] = lower[i];
        outside = true;
      } else if (v[i] > upper[i]) {
        v[i] = upper[i];
        outside = true;
      }
    }
    return outside;
  }

  /**
   * Simplex {v &gt;= 0, sum v = 1}: sort downwards, k = last i with v_(i) + (1 - sum_{j&lt;=i}
   * v_(j)) / i &gt; 0, theta = (1 - sum_{j&lt;=k} v_(j)) / k, then max(0, v + theta).
   *
   * @param v vector, modified
   * @param sorted scratch of the same length
   */
  public static void simplex(double[] v, double[] sorted) {
    Kernels.copy(v, sorted);
    java.util.Arrays.sort(sorted, 0, v.length);
    double sum = 0;
    double theta = 0;
    for (int i = 1; i <= v.length; i++) {
      double entry = sorted[v.length - i];
      sum += entry;
      double shift = (1 - sum) / i;
      if (entry + shift > 0) {
        theta = shift;
      }
    }
    for (int i = 0; i < v.length; i++) {
      v[i] = positivePart(v[i] + theta);
    }
  }

  /**
   * Capped simplex {sum q = 1, 0 &lt;= q_i &lt;= cap}: clip(z - s, 0, cap) with s found by 100
   * bisections on [min z - 1, max z].
   *
   * @param z vector, modified
   * @param cap largest weight, at least 1 / length
   */
  public static void cappedSimplex(double[] z, double cap) {
    cappedSimplex(z.length, z, cap);
  }

  /**
   * The same for the front of a longer array.
   *
   * @param n entries, at least 1
   * @param z vector, its first n entries modified
   * @param cap largest weight, at least 1 / n
   */
  public static void cappedSimplex(int n, double[] z, double cap) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      low = Math.min(low, z[i]);
      high = Math.max(high, z[i]);
    }
    low -= 1;
    for (int round = 0; round < 100; round++) {
      double s = 0.5 * (low + high);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += Math.min(positivePart(z[i] - s), cap);
      }
      if (sum > 1) {
        low = s;
      } else {
        high = s;
      }
    }
    double s = 0.5 * (low + high);
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(positivePart(z[i] - s), cap);
    }
  }

  /**
   * Nearest point of the capped simplex in relative entropy: q_i = min(cap, s z_i), with z sorted
   * downwards and the first m = 0, 1, 2... such that s = (1 - m cap) / sum_{i&gt;m} z_(i) gives s
   * z_(m+1) &lt;= cap.
   *
   * @param z positive vector, modified
   * @param cap largest weight, at least 1 / length
   * @param sorted scratch of the same length
   */
  public static void cappedSimplexEntropy(double[] z, double cap, double[] sorted) {
    cappedSimplexEntropy(z.length, z, cap, sorted);
  }

  /**
   * The same for the front of a longer array.
   *
   * @param n entries, at least 1
   * @param z vector, its first n entries positive and modified
   * @param cap largest weight, at least 1 / n
   * @param sorted scratch of at least n entries
   */
  public static void cappedSimplexEntropy(int n, double[] z, double cap, double[] sorted) {
    System.arraycopy(z, 0, sorted, 0, n);
    java.util.Arrays.sort(sorted, 0, n);
    double s = 0;
    for (int m = 0; m < n; m++) {
      double tail = 0;
      for (int i = m; i < n; i++) {
        tail += sorted[n - 1 - i];
      }
      s = (1 - m * cap) / tail;
      if (s * sorted[n - 1 - m] <= cap) {
        break;
      }
    }
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(cap, s * z[i]);
    }
  }

  /** max(0, a) that lets NaN through as NaN, so that a later check can see it. */
  private static double positivePart(double a) {
    return a < 0 ? 0.0 : a;
  }
}
