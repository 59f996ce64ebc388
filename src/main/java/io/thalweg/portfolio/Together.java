package io.thalweg.portfolio;

/**
 * Learns one dense row by several vectors of weights at once,
 *
 * <pre>
 * y &lt;- (y + factor a) (1 - decay)      the decay where a is not 0, and not for the constant feature
 * </pre>
 *
 * two to a loop, so that they share reading the row and what a loop costs to begin.
 */
final class Together {
  private static final int TWO = 2;

  private final double[][] y = new double[TWO][];
  private final double[] factor = new double[TWO];
  private final double[] decay = new double[TWO];
  private int size;

  /** Vectors that wait for others are learned with the next, or by {@link #flush}. */
  void add(Row row, double[] weights, double by, double less) {
    y[size] = weights;
    factor[size] = by;
    decay[size] = less;
    size++;
    if (size == TWO) {
      two(
          row.penalised(),
          row.value(),
          row.present(),
          y[0],
          y[1],
          factor[0],
          factor[1],
          decay[0],
          decay[1]);
      free(row);
    }
  }

  /** Learns what waits. */
  void flush(Row row) {
    if (size > 0) {
      for (int i = 0; i < size; i++) {
        one(row.penalised(), row.value(), row.present(), y[i], factor[i], decay[i]);
      }
      free(row);
    }
  }

  /** The constant feature. */
  private void free(Row row) {
    double[] a = row.value();
    for (int j = row.penalised(); j < row.length(); j++) {
      for (int i = 0; i < size; i++) {
        y[i][j] += factor[i] * a[j];
      }
    }
    size = 0;
  }

  private static void one(
      int n, double[] a, double[] present, double[] y, double factor, double decay) {
    for (int j = 0; j < n; j++) {
      y[j] = (y[j] + factor * a[j]) * (1 - decay * present[j]);
    }
  }

  /** Of more than two the JVM would take the entries one by one. */
  private static void two(
      int n,
      double[] a,
      double[] present,
      double[] y0,
      double[] y1,
      double f0,
      double f1,
      double d0,
      double d1) {
    for (int j = 0; j < n; j++) {
      double first = (y0[j] + f0 * a[j]) * (1 - d0 * present[j]);
      double second = (y1[j] + f1 * a[j]) * (1 - d1 * present[j]);
      y0[j] = first;
      y1[j] = second;
    }
  }
}
