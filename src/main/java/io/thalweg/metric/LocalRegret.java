package io.thalweg.metric;

/**
 * Bilevel local regret of a run of T steps (Lin and others, NeurIPS 2023, arXiv 2308.03811), from
 * the estimates of the hypergradient that the steps were taken along:
 *
 * <pre>
 * BLR_W(T) = sum_{t &lt;= T} || (1 / W) sum_{i &lt; W} h_{t-i} ||^2       h_s = 0 for s &lt;= 0
 * </pre>
 *
 * for W = 1 and, up to {@value #LARGEST} coordinates, for W = {@value #WINDOW}. With W = 1 noise
 * counts in full; the mean over a window cancels it, and what is left is a drift of the point.
 * Sublinear growth is what regret bounds promise.
 */
public final class LocalRegret {
  /** The longer window. */
  public static final int WINDOW = 16;

  /** Coordinates up to which the longer window is kept. */
  static final int LARGEST = 256;

  private static final int PLAIN = 0;
  private static final int WINDOWED = 1;

  private final double[] sums = new double[2];
  private final long[] steps = new long[1];
  private final double[] total;
  private final double[] ring;

  /**
   * No steps.
   *
   * @param length of a hypergradient
   */
  public LocalRegret(int length) {
    int kept = length <= LARGEST ? length : 0;
    total = new double[kept];
    ring = new double[WINDOW * kept];
  }

  /**
   * Takes the hypergradient of a step in.
   *
   * @param h its first entries are read, as many as the constructor said, up to all of them
   * @param length of the hypergradient
   */
  public void add(double[] h, int length) {
    double square = 0;
    for (int j = 0; j < length; j++) {
      square += h[j] * h[j];
    }
    sums[PLAIN] += square;
    if (isWindowed()) {
      int slot = (int) (steps[0] % WINDOW);
      replace(h, slot * total.length);
      if (slot == WINDOW - 1) {
        sumAnew();
      }
      double mean = 0;
      for (double sum : total) {
        mean += sum * sum;
      }
      sums[WINDOWED] += mean / (WINDOW * WINDOW);
    }
    steps[0]++;
  }

  private void replace(double[] h, int at) {
    for (int j = 0; j < total.length; j++) {
      total[j] += h[j] - ring[at + j];
      ring[at + j] = h[j];
    }
  }

  /** So that what was taken out leaves no rounding behind for ever. */
  private void sumAnew() {
    java.util.Arrays.fill(total, 0);
    for (int slot = 0; slot < WINDOW; slot++) {
      for (int j = 0; j < total.length; j++) {
        total[j] += ring[slot * total.length + j];
      }
    }
  }

  /**
   * Whether the longer window is kept.
   *
   * @return false for hypergradients that are too long
   */
  public boolean isWindowed() {
    return total.length > 0;
  }

  /**
   * BLR_1.
   *
   * @return the sum over the steps taken in
   */
  public double plain() {
    return sums[PLAIN];
  }

  /**
   * BLR_W for W = {@value #WINDOW}.
   *
   * @return the sum over the steps taken in; 0 unless {@link #isWindowed}
   */
  public double windowed() {
    return sums[WINDOWED];
  }

  /**
   * Steps taken in, to be saved and restored.
   *
   * @return the live array, of length 1
   */
  public long[] steps() {
    return steps;
  }

  /** Looks at the numbers of the state, always in the same order. */
  public interface Visitor {
    /**
     * One array.
     *
     * @param name of the array
     * @param live the array itself
     */
    void doubles(String name, double[] live);
  }

  /**
   * Shows the state but for {@link #steps}.
   *
   * @param visitor reads or writes it
   */
  public void state(Visitor visitor) {
    visitor.doubles("sums", sums);
    visitor.doubles("total", total);
    visitor.doubles("ring", ring);
  }
}
