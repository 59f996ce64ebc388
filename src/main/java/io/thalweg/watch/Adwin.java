package io.thalweg.watch;

import java.util.Arrays;

/**
 * A window that is as long as its losses agree. It is kept as an exponential histogram: at most
 * {@value #BUCKETS} buckets of 1, of 2, of 4, ... steps, each with its samples, mean and squares,
 * so that a window of any length takes the same room. Wherever buckets meet, the older part W0 and
 * the newer one W1 are compared, and while any two differ by
 *
 * <pre>
 * |m1 - m0| &gt; s (sqrt(2 u L) + 2 u' L),   u = 1/n0 + 1/n1,   L = ln(2 ln(K) / confidence)
 * </pre>
 *
 * the one that does so by the most is dropped up to its cut (the paper drops the oldest bucket,
 * which leaves some of the past behind that is found again later). n0 and n1 are their samples, K
 * the steps of the window, s^2 the variance of one sample over the window, and u' the same u
 * counted in steps of the mean size with s in standard deviations of such a step. A drift is a cut
 * at which the newer mean is the higher one. Losses are cut off at {@value #MOST} standard
 * deviations of a step from the mean, which stands in for the range of 1 that the paper's losses
 * have (three of those deviations are taken for the half of it).
 *
 * <p>Bifet and Gavalda, Learning from time-changing data with adaptive windowing, SDM 2007, ADWIN2
 * and the bound of its section 4; cuts are looked for in every {@value #EVERY}th step.
 */
public final class Adwin implements DriftDetector {
  /** Bound on the chance of a false cut at a step, by the paper's analysis. */
  public static final double CONFIDENCE = 0.002;

  static final int BUCKETS = 5;
  static final int EVERY = 8;
  static final double MOST = 5;

  /** Steps that are taken as they come before any is cut off, and that a part must have. */
  private static final int FEW = 30;

  private static final int LEAST_PART = 5;

  /** What means of equal losses may differ by. */
  private static final double ROUNDING = 1e-12;

  /** Enough for 2^45 steps. */
  private static final int ROWS = 45;

  /** One more than a row keeps, while it is being handed on. */
  private static final int ROOM = BUCKETS + 1;

  private final double confidence;

  /** By row and place, oldest first: samples, mean, squares about the mean. */
  private final double[] samples = new double[ROWS * ROOM];

  private final double[] mean = new double[ROWS * ROOM];
  private final double[] squares = new double[ROWS * ROOM];

  /** Buckets of every row, then the steps of the window, then all steps heard. */
  private final long[] counts = new long[ROWS + 2];

  private final double[] drift = new double[2];

  /** Sums over the window or a part of it: samples, mean, squares. */
  private final double[] all = new double[3];

  private final double[] older = new double[3];

  /** The last cut that was found; scratch. */
  private boolean rise;

  private double cutBefore;
  private double cutAfter;

  /**
   * A detector that has heard nothing.
   *
   * @param confidence bound on the chance of a false cut, in (0, 1)
   */
  public Adwin(double confidence) {
    this.confidence = confidence;
  }

  @Override
  public boolean add(double loss, double number) {
    sum();
    double taken = loss;
    double most = MOST * Math.sqrt(all[2] / Math.max(1, steps()) / number);
    if (steps() >= FEW && most > ROUNDING * Math.abs(all[1])) {
      taken = Math.max(all[1] - most, Math.min(all[1] + most, loss));
    }
    push(taken, number);
    counts[ROWS]++;
    counts[ROWS + 1]++;
    return counts[ROWS + 1] % EVERY == 0 && steps() > 2 * LEAST_PART && shrink();
  }

  /**
   * Steps in the window.
   *
   * @return how many still agree
   */
  public long steps() {
    return counts[ROWS];
  }

  private void push(double loss, double number) {
    put(0, number, loss, 0);
    for (int row = 0; row < ROWS - 1 && counts[row] == ROOM; row++) {
      int at = row * ROOM;
      double n = samples[at] + samples[at + 1];
      double apart = mean[at + 1] - mean[at];
      put(
          row + 1,
          n,
          mean[at] + samples[at + 1] / n * apart,
          squares[at] + squares[at + 1] + samples[at] * samples[at + 1] / n * apart * apart);
      drop(row, 2);
    }
  }

  private void put(int row, double number, double average, double square) {
    int at = row * ROOM + (int) counts[row]++;
    samples[at] = number;
    mean[at] = average;
    squares[at] = square;
  }

  /** Takes the oldest buckets of a row away. */
  private void drop(int row, int number) {
    int at = row * ROOM;
    int left = (int) counts[row] - number;
    for (double[] column : new double[][] {samples, mean, squares}) {
      System.arraycopy(column, at + number, column, at, left);
      Arrays.fill(column, at + left, at + ROOM, 0);
    }
    counts[row] = left;
  }

  private void sum() {
    Arrays.fill(all, 0);
    for (int row = ROWS - 1; row >= 0; row--) {
      for (int i = 0; i < counts[row]; i++) {
        join(all, row * ROOM + i);
      }
    }
  }

  private void join(double[] part, int at) {
    double n = part[0] + samples[at];
    double apart = mean[at] - part[1];
    part[2] += squares[at] + part[0] * samples[at] / n * apart * apart;
    part[1] += samples[at] / n * apart;
    part[0] = n;
  }

  private boolean shrink() {
    boolean risen = false;
    int buckets;
    while ((buckets = cut()) > 0) {
      if (rise) {
        risen = true;
        drift[0] = cutBefore;
        drift[1] = cutAfter;
      }
      for (int i = 0; i < buckets; i++) {
        dropOldest();
      }
    }
    return risen;
  }

  private double newerMean() {
    return (all[0] * all[1] - older[0] * older[1]) / (all[0] - older[0]);
  }

  /** How many of the oldest buckets lie before the cut that is the surest, 0 without one. */
  private int cut() {
    sum();
    long steps = steps();
    if (steps <= 2 * LEAST_PART) {
      return 0;
    }
    double log = StrictMath.log(2 * StrictMath.log((double) steps) / confidence);
    double each = Math.sqrt(all[2] / steps);
    double perStep = all[0] / steps;
    double ofStep = each / Math.sqrt(perStep);
    Arrays.fill(older, 0);
    long before = 0;
    int bucket = 0;
    int at = 0;
    double surest = 1;
    for (int row = ROWS - 1; row >= 0; row--) {
      for (int i = 0; i < counts[row]; i++) {
        join(older, row * ROOM + i);
        before += 1L << row;
        bucket++;
        double left = all[0] - older[0];
        if (before < LEAST_PART || steps - before < LEAST_PART || !(left > 0)) {
          continue;
        }
        double u = 1 / older[0] + 1 / left;
        double newer = newerMean();
        double bound =
            each * Math.sqrt(2 * u * log)
                + 2 * ofStep * perStep * u * log
                + ROUNDING * Math.abs(all[1]);
        if (Math.abs(newer - older[1]) > surest * bound) {
          surest = Math.abs(newer - older[1]) / bound;
          at = bucket;
          rise = newer > older[1];
          cutBefore = older[1];
          cutAfter = newer;
        }
      }
    }
    return at;
  }

  private void dropOldest() {
    int row = ROWS - 1;
    while (counts[row] == 0) {
      row--;
    }
    drop(row, 1);
    counts[ROWS] -= 1L << row;
  }

  @Override
  public double before() {
    return drift[0];
  }

  @Override
  public double after() {
    return drift[1];
  }

  @Override
  public void restart() {
    for (double[] column : new double[][] {samples, mean, squares}) {
      Arrays.fill(column, 0);
    }
    Arrays.fill(counts, 0);
  }

  @Override
  public void state(Slots slots) {
    slots.doubles("adwin-samples", samples);
    slots.doubles("adwin-mean", mean);
    slots.doubles("adwin-squares", squares);
    slots.doubles("adwin-drift", drift);
    slots.longs("adwin", counts);
  }
}
