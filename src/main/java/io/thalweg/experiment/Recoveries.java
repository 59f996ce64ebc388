package io.thalweg.experiment;

import io.thalweg.metric.Recovery;

/**
 * How long the drifts of a stream are felt, in records: the mean of {@link Recovery} over the
 * drifts that came so far, one that the model had not recovered from when the next one or the end
 * came counting with what it lasted until then. Losses are those of records whose labels came, in
 * the order of the stream.
 */
final class Recoveries {
  /** Records that the loss is the mean of. */
  static final int WINDOW = 500;

  /** By how much of itself the loss may be above its level before. */
  static final double TOLERANCE = 0.1;

  private final int[] instants;
  private final Recovery recovery = new Recovery(WINDOW, TOLERANCE);
  private long records;
  private int drifts;
  private double over;

  /** The records that each drift begins with, rising. */
  Recoveries(int[] instants) {
    this.instants = instants.clone();
  }

  /** Takes the loss of the next record in. */
  void add(double loss) {
    if (drifts < instants.length && records == instants[drifts]) {
      over += recovery.atLeast();
      recovery.drift();
      drifts++;
    }
    recovery.add(loss, 1, 1);
    records++;
  }

  /** Records a drift was felt for, in the mean; 0 before the first one. */
  double mean() {
    return drifts == 0 ? 0 : (over + recovery.atLeast()) / drifts;
  }
}
