package io.thalweg.metric;

/**
 * How long a drift is felt. The <em>level</em> is the mean loss of the last W records before the
 * drift (of fewer where it comes so early). After it, every run of W records one after the other is
 * looked at: the drift is over at the first run whose mean loss is at most the level times 1 +
 * tolerance, and the time to recover is the number of records from the drift to the beginning of
 * that run. So it is 0 where the drift did no harm; until a run is that good it is unknown, and at
 * least {@link #atLeast}.
 *
 * <p>Losses may be taken in by chunks of records in place of records; then W counts chunks, and the
 * runs begin where chunks do.
 */
public final class Recovery {
  private final int window;
  private final double tolerance;

  /** Loss, weight and records of the last W chunks. */
  private final double[] ring;

  private long chunks;
  private long records;
  private double level = Double.NaN;
  private long start;
  private long startChunk;
  private long recovered = -1;

  /**
   * No drift so far.
   *
   * @param window W, at least 1
   * @param tolerance by how much of itself a loss may be above the level, not negative
   */
  public Recovery(int window, double tolerance) {
    if (window < 1 || !(tolerance >= 0)) {
      throw new IllegalArgumentException(
          "expected a window of at least 1 and a tolerance that is not negative, found "
              + window
              + " and "
              + tolerance);
    }
    this.window = window;
    this.tolerance = tolerance;
    this.ring = new double[3 * window];
  }

  /**
   * Takes a chunk of records in.
   *
   * @param loss sum of their weighted losses
   * @param weight sum of their weights
   * @param count how many they are
   */
  public void add(double loss, double weight, long count) {
    int at = 3 * (int) (chunks % window);
    ring[at] = loss;
    ring[at + 1] = weight;
    ring[at + 2] = count;
    chunks++;
    records += count;
    if (isFelt() && chunks - startChunk >= window && mean() <= (1 + tolerance) * level) {
      recovered = records - start - (long) sum(2);
    }
  }

  /** What comes next is after a drift. A drift that was felt until now is given up. */
  public void drift() {
    level = mean();
    start = records;
    startChunk = chunks;
    recovered = -1;
  }

  /**
   * Whether there was a drift that is not over.
   *
   * @return true between a drift and its end
   */
  public boolean isFelt() {
    return !Double.isNaN(level) && recovered < 0;
  }

  /**
   * Records from the last drift to its end.
   *
   * @return the time to recover, or how many records came since while it is not over; 0 without a
   *     drift
   */
  public long atLeast() {
    return Double.isNaN(level) ? 0 : recovered >= 0 ? recovered : records - start;
  }

  /**
   * Mean loss before the last drift.
   *
   * @return NaN without a drift, or where no record came before it
   */
  public double level() {
    return level;
  }

  private double mean() {
    return sum(0) / sum(1);
  }

  /** In the order of the ring: exact enough, and the same for the same records. */
  private double sum(int part) {
    double sum = 0;
    int size = (int) Math.min(window, chunks);
    for (int i = 0; i < size; i++) {
      sum += ring[3 * i + part];
    }
    return sum;
  }
}
