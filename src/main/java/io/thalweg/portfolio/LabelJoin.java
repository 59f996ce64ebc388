package io.thalweg.portfolio;

import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;

/**
 * Brings records and labels of the same id together, whichever comes first, and gives up what waits
 * too long: a record when {@code expiry} more have been taken in, a label when as many records or
 * early labels have. All of it follows from the order of the rows alone.
 */
public final class LabelJoin {
  private static final int EXPIRED = 0;
  private static final int UNMATCHED = 1;
  private static final int DUPLICATE_RECORDS = 2;
  private static final int DUPLICATE_LABELS = 3;
  private static final int SETTLED = 4;
  private static final int AGES = 5;

  private static final String SAME_ID = "a record of the same id waits for its label";
  private static final String SAME_LABEL = "a label of the same id waits for its record";

  private final Waiting waiting;
  private final EarlyLabels early;
  private final int expiry;
  private final int column;
  private final String unmatched;
  private final EarlyLabels.Unmatched letGo = this::unmatched;
  private PredictionListener told = (roles, loss, error, weight) -> {};

  /** Counters in the order above; part of the state. */
  final long[] counts = new long[6];

  /** Labels of records that were left out; apart, for states of earlier versions lack it. */
  private long leftOut;

  LabelJoin(Waiting waiting, int expiry, int column) {
    this.waiting = waiting;
    this.early = new EarlyLabels(expiry);
    this.expiry = expiry;
    this.column = column;
    this.unmatched = "no record of this id came within " + expiry + " records or labels of it";
  }

  Waiting waiting() {
    return waiting;
  }

  /**
   * Labels that wait for their record.
   *
   * @return not a copy
   */
  public EarlyLabels early() {
    return early;
  }

  /**
   * Whether a record of the same id waits: the second one is left out. A blank one gives way, so
   * that a record that was left out may be sent again as it should have been.
   */
  boolean isDuplicate(Batch batch, int r, PredictionListener listener) {
    int slot = waiting.find(LateLabels.id(batch, r));
    if (slot < 0) {
      return false;
    }
    if (waiting.isBlank(slot)) {
      waiting.remove(slot);
      return false;
    }
    counts[DUPLICATE_RECORDS]++;
    leaveOut(batch, r, SAME_ID, listener);
    return true;
  }

  private static void leaveOut(Batch batch, int r, String reason, PredictionListener listener) {
    listener.unused(
        LateLabels.lane(batch, r), LateLabels.offset(batch, r), LateLabels.index(batch, r), reason);
  }

  /** Takes a predicted record in; gives its slot where its label is here already, else -1. */
  int record(Batch batch, int r, int roles, double[] predicted, PredictionListener listener) {
    giveOldestUp();
    long id = LateLabels.id(batch, r);
    int slot = waiting.add(batch, r, roles, id, predicted);
    int due = early.holds(id) ? settled(slot, early.take(id)) : -1;
    giveLabelsUp(listener);
    return due;
  }

  /** Takes a record in that nothing is learned from: its label, when that comes, has an owner. */
  void leftOut(Batch batch, int r, PredictionListener listener) {
    giveOldestUp();
    long id = LateLabels.id(batch, r);
    int slot = waiting.addBlank(id);
    if (early.holds(id)) {
      early.take(id);
      passOver(slot);
    }
    giveLabelsUp(listener);
  }

  private void passOver(int slot) {
    waiting.remove(slot);
    leftOut++;
  }

  private void giveOldestUp() {
    int old = waiting.leaving();
    if (old >= 0) {
      waiting.remove(old);
      counts[EXPIRED] += waiting.isBlank(old) ? 0 : 1;
    }
  }

  private void giveLabelsUp(PredictionListener listener) {
    told = listener;
    early.expire(waiting.taken() - expiry, letGo);
  }

  /** Takes a label in; gives the slot of its record where that waits, else -1. */
  int label(Batch batch, int r, PredictionListener listener) {
    long id = LateLabels.id(batch, r);
    double value = batch.column(column)[r];
    int slot = waiting.find(id);
    if (slot >= 0 && waiting.isBlank(slot)) {
      passOver(slot);
      return -1;
    }
    if (slot >= 0) {
      return settled(slot, value);
    }
    if (early.holds(id)) {
      counts[DUPLICATE_LABELS]++;
      leaveOut(batch, r, SAME_LABEL, listener);
      return -1;
    }
    told = listener;
    early.add(
        id,
        value,
        waiting.taken(),
        LateLabels.lane(batch, r),
        LateLabels.offset(batch, r),
        LateLabels.index(batch, r),
        letGo);
    return -1;
  }

  private void unmatched(int lane, long offset, int index) {
    counts[UNMATCHED]++;
    told.unused(lane, offset, index, unmatched);
  }

  private int settled(int slot, double label) {
    waiting.remove(slot);
    waiting.row(slot).column(column)[0] = label;
    counts[SETTLED]++;
    counts[AGES] += waiting.age(slot);
    return slot;
  }

  /**
   * How late a label is, in records: those that were predicted after its own and wait for theirs,
   * less the share of records whose labels never come. Where every label comes so many records
   * late, it is that number.
   */
  double late(int slot) {
    int newer = waiting.newer(slot);
    return counts[EXPIRED] == 0
        ? newer
        : newer * ((double) counts[SETTLED] / (counts[SETTLED] + counts[EXPIRED]));
  }

  /**
   * Labels that met their record.
   *
   * @return how many so far
   */
  public long joined() {
    return counts[SETTLED];
  }

  /**
   * Records that were given up because their label did not come.
   *
   * @return how many so far
   */
  public long expired() {
    return counts[EXPIRED];
  }

  /**
   * Labels that were given up because their record did not come.
   *
   * @return how many so far
   */
  public long unmatched() {
    return counts[UNMATCHED];
  }

  /**
   * Labels that came for a record that was left out: nothing is learned from them.
   *
   * @return how many so far
   */
  public long leftOut() {
    return leftOut;
  }

  /**
   * Sets that number as it was when it was saved.
   *
   * @param labels how many so far
   */
  public void restoreLeftOut(long labels) {
    leftOut = labels;
  }

  /**
   * Counts what a saved state held and cannot be taken up again.
   *
   * @param records that wait, beyond those that fit
   * @param labels whose place is gone with their lane
   */
  public void givenUp(long records, long labels) {
    counts[EXPIRED] += records;
    counts[UNMATCHED] += labels;
  }

  /**
   * Records and labels that were left out because another of the same id waited.
   *
   * @return how many so far
   */
  public long duplicates() {
    return counts[DUPLICATE_RECORDS] + counts[DUPLICATE_LABELS];
  }

  /**
   * How many records later than their own labels came, on the mean.
   *
   * @return 0 before the first
   */
  public double delay() {
    return counts[SETTLED] == 0 ? 0 : (double) counts[AGES] / counts[SETTLED];
  }
}
