package io.thalweg.metric;

/**
 * The area under the ROC curve of scores of two classes: the chance that a positive sample has the
 * larger score than a negative one, an equal one counting half (Fawcett, Pattern Recognition
 * Letters 27, 2006, section 7). Scores are counted by class in {@value #BINS} bins,
 *
 * <pre>
 * AUC = sum_b P_b (N_0 + ... + N_{b-1} + N_b / 2) / (P N)
 * </pre>
 *
 * so that what counts are kept of is merged by adding, and nothing hangs on the order of samples.
 * The bins are equal in s / (4 + |s|): 1/128 wide at a score of 0, 1/32 at 4, 1/14 at 8, and
 * without an end. Two scores in one bin count as equal: the area is off by at most {@link #bound},
 * half the chance that a positive and a negative sample share a bin.
 */
public final class RankCounts {
  /** Bins of the scores. */
  static final int BINS = 1024;

  private static final double KNEE = 4;

  /** Of the negative class by bin, then of the positive one. */
  private final long[] counts = new long[2 * BINS];

  /** Nothing counted. */
  public RankCounts() {}

  /** The bin of a score, 0 for one that is not a number. */
  static int bin(double score) {
    double tail = KNEE / (KNEE + Math.abs(score));
    return Math.min(BINS - 1, (int) (BINS / 2 * (score < 0 ? tail : 2 - tail)));
  }

  /**
   * Counts a sample.
   *
   * @param score the larger, the likelier positive
   * @param positive its class
   */
  public void add(double score, boolean positive) {
    count(bin(score), positive, 1);
  }

  void count(int bin, boolean positive, int times) {
    counts[positive ? BINS + bin : bin] += times;
  }

  /**
   * The area under the curve.
   *
   * @return in [0, 1]; NaN until samples of both classes were counted
   */
  public double auc() {
    double below = 0;
    double positives = 0;
    double wins = 0;
    for (int b = 0; b < BINS; b++) {
      double negative = (double) counts[b];
      double positive = (double) counts[BINS + b];
      wins += positive * (below + 0.5 * negative);
      below += negative;
      positives += positive;
    }
    return wins / (positives * below);
  }

  /**
   * By how much the area may be off.
   *
   * @return half the chance that samples of different class share a bin; NaN as {@link #auc}
   */
  public double bound() {
    double negatives = 0;
    double positives = 0;
    double shared = 0;
    for (int b = 0; b < BINS; b++) {
      double negative = (double) counts[b];
      double positive = (double) counts[BINS + b];
      shared += positive * negative;
      negatives += negative;
      positives += positive;
    }
    return 0.5 * shared / (positives * negatives);
  }

  /**
   * Everything counted, to be saved and restored.
   *
   * @return the live array
   */
  public long[] state() {
    return counts;
  }
}
