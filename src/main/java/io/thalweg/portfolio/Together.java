package io.thalweg.portfolio;

import java.util.Arrays;

/**
 * Learns a dense row by several vectors of weights at once,
 *
 * <pre>
 * y &lt;- (y + factor a) (1 - decay)      the decay where a is not 0, and not for the constant feature
 * </pre>
 *
 * two to a loop, so that they share reading the row and what a loop costs to begin.
 */
final class Together {
  private double[][] y = new double[0][];
  private double[] factor = new double[0];
  private double[] decay = new double[0];

  /** Takes a vector in for good; gives its number. */
  int add(double[] weights) {
    int place = y.length;
    y = Arrays.copyOf(y, place + 1);
    y[place] = weights;
    factor = new double[place + 1];
    decay = new double[place + 1];
    return place;
  }

  /** How a vector is to learn the row at hand. */
  void set(int place, double by, double less) {
    factor[place] = by;
    decay[place] = less;
  }

  /** Learns the row by all vectors. */
  void learn(Row row) {
    int n = row.penalised();
    int i = 0;
    for (; i < y.length - 1; i += 2) {
      two(
          n,
          row.value(),
          row.present(),
          y[i],
          y[i + 1],
          factor[i],
          factor[i + 1],
          decay[i],
          decay[i + 1]);
    }
    if (i < y.length) {
      one(n, row.value(), row.present(), y[i], factor[i], decay[i]);
    }
    if (n < row.length()) { // the constant feature, 1
      for (i = 0; i < y.length; i++) {
        y[i][n] += factor[i];
      }
    }
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
