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

  private static final int CHUNKS = 0;
  private static final int RECORDS = 1;
  private static final int START = 2;
  private static final int START_CHUNK = 3;
  private static final int RECOVERED = 4;
  private static final int DRIFTS = 5;

  /** Loss, weight and records of the last W chunks, then the level. */
  private final double[] numbers;

  private final int level;
  private final long[] counts = new long[6];

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
    level = 3 * window;
    numbers = new double[level + 1];
    numbers[level] = Double.NaN;
  }

  /**
   * Takes a chunk of records in.
   *
   * @param loss sum of their weighted losses
   * @param weight sum of their weights
   * @param count how many they are
   */
  public void add(double loss, double weight, long count) {
    int at = 3 * (int) (counts[CHUNKS] % window);
    numbers[at] = loss;
    numbers[at + 1] = weight;
    numbers[at + 2] = count;
    counts[CHUNKS]++;
    counts[RECORDS] += count;
    if (isFelt()
        && counts[CHUNKS] - counts[START_CHUNK] >= window
        && mean() <= (1 + tolerance) * numbers[level]) {
      counts[RECOVERED] = counts[RECORDS] - counts[START] - (long) sum(2);
    }
  }

  /** What comes next is after a drift. A drift that was felt until now is given up. */
  public void drift() {
    drift(mean());
  }

  /**
   * The same with a level that somebody else knows: a drift that was noticed late, when the last
   * records were worse already.
   *
   * @param before mean loss before the drift
   */
  public void drift(double before) {
    numbers[level] = before;
    counts[START] = counts[RECORDS];
    counts[START_CHUNK] = counts[CHUNKS];
    counts[RECOVERED] = -1;
    counts[DRIFTS]++;
  }

  /**
   * Whether there was a drift that is not over.
   *
   * @return true between a drift and its end
   */
  public boolean isFelt() {
    return counts[RECOVERED] < 0 && !Double.isNaN(numbers[level]);
  }

  /**
   * Records from the last drift to its end.
   *
   * @return the time to recover, or how many records came since while it is not over; 0 without a
   *     drift
   */
  public long atLeast() {
    return counts[RECOVERED] >= 0 ? counts[RECOVERED] : counts[RECORDS] - counts[START];
  }

  /**
   * Mean loss before the last drift.
   *
   * @return NaN without a drift, or where no record came before it
   */
  public double level() {
    return numbers[level];
  }

  /**
   * How often it was told of a drift.
   *
   * @return 0 before the first
   */
  public long drifts() {
    return counts[DRIFTS];
  }

  /**
   * The counts of the state, to be saved and restored with {@link #numbers}.
   *
   * @return the live array
   */
  public long[] counts() {
    return counts;
  }

  /**
   * The numbers of the state.
   *
   * @return the live array
   */
  public double[] numbers() {
    return numbers;
  }

  private double mean() {
    return sum(0) / sum(1);
  }

  /** In the order of the ring: exact enough, and the same for the same records. */
  private double sum(int part) {
    double sum = 0;
    int size = (int) Math.min(window, counts[CHUNKS]);
    for (int i = 0; i < size; i++) {
      sum += numbers[3 * i + part];
    }
    return sum;
  }
}
