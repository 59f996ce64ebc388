package io.thalweg.load.report;

import java.util.Arrays;

/**
 * The median of ratios of neighbouring windows, with an interval that assumes nothing about how
 * they are distributed: between two of the ordered ratios the true median lies with at least the
 * confidence that is stated, by the binomial distribution of signs.
 *
 * @param median of the ratios
 * @param low end of the interval
 * @param high end of the interval
 * @param confidence that the median of all such ratios lies in the interval
 * @param pairs of windows
 */
public record PairedRatio(double median, double low, double high, double confidence, int pairs) {
  private static final double WANTED = 0.95;

  /**
   * Of some ratios.
   *
   * @param ratios at least one
   * @return with the narrowest interval of at least 95 %, the whole range where they are too few
   */
  public static PairedRatio of(double[] ratios) {
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    int out = 0;
    while (2 * (out + 1) < n && confidence(n, out + 1) >= WANTED) {
      out++;
    }
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new PairedRatio(median, sorted[out], sorted[n - 1 - out], confidence(n, out), n);
  }

  /** That not more than {@code out} of n fair coins fall on one side, whichever it is. */
  private static double confidence(int n, int out) {
    double term = StrictMath.pow(0.5, n);
    double tail = 0;
    for (int k = 0; k <= out; k++) {
      tail += term;
      term *= (double) (n - k) / (k + 1);
    }
    return Math.max(0, 1 - 2 * tail);
  }
}
