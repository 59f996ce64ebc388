package io.thalweg.portfolio;

/**
 * One record's move of hyperparameters along their hypergradients m, each normalised by its running
 * size (Mahmood and others, ICASSP 2012, without the maximum there):
 *
 * <pre>
 * q_j &lt;- q_j + .001 (m^2 - q_j)     u = theta m / sqrt(q_j + 1e-12)     v_j &lt;- v_j (1 + u + u^2/2)
 * </pre>
 *
 * so that theta is about the relative change by one record; 1 + u + u^2/2 stands for e^u, is
 * positive for every u, and needs no exponential.
 */
final class Autostep {
  /** What q begins with. */
  static final double FIRST_SQUARE = 1e-8;

  /**
   * How often the bounds of what a dense row moves are seen to: a value changes by a sixth at most
   * with a record, so it is never far outside.
   */
  static final int BOUNDS_EVERY = 16;

  private static final double FRESH = 0.001;
  private static final double TINY = 1e-12;

  private Autostep() {}

  /** The running square after one more hypergradient. */
  static double square(double before, double m) {
    return before + FRESH * (m * m - before);
  }

  /** The relative move along an estimate of the hypergradient. */
  static double relative(double theta, double along, double square) {
    return theta * along / Math.sqrt(square + TINY);
  }

  static double moved(double value, double u) {
    return value * (1 + u + 0.5 * u * u);
  }

  /**
   * A plain loop over the entries of a dense row. It has no bounds: a comparison would keep it from
   * being taken several entries at a time.
   *
   * @param n entries
   * @param a the row's values
   * @param present 1 where a is not 0, else 0: the others' squares stay
   * @param value hyperparameters that are moved
   * @param trace derivatives of the weights by them
   * @param q their running squares
   * @param slope minus w l'
   * @param theta relative move
   */
  static void dense(
      int n,
      double[] a,
      double[] present,
      double[] value,
      double[] trace,
      double[] q,
      double slope,
      double theta) {
    for (int j = 0; j < n; j++) {
      double m = slope * a[j] * trace[j];
      double size = q[j] + FRESH * present[j] * (m * m - q[j]);
      q[j] = size;
      double u = theta * m / Math.sqrt(size + TINY);
      value[j] *= 1 + u + 0.5 * u * u;
    }
  }

  /** Adds factor m to a sum, over the entries of a dense row. */
  static void add(int n, double[] a, double[] trace, double factor, double[] sum) {
    for (int j = 0; j < n; j++) {
      sum[j] += factor * a[j] * trace[j];
    }
  }
}
