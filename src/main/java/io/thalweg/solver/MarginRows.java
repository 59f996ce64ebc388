package io.thalweg.solver;

import io.thalweg.sample.Batch;

/**
 * A batch of sparse rows in a step: the place of every entry's coordinate in the table of {@link
 * LazyCoordinates}, and what is known of every row. Four products with a row, at the point before
 * and after the move, are one reading of its entries.
 */
final class MarginRows {
  private int[] place = new int[0];
  private int size;

  /** a'y before the step. */
  double[] oldMargin = new double[0];

  /** a'y after the move. */
  double[] margin = new double[0];

  /** a'z before the step. */
  double[] oldAlong = new double[0];

  /** a'z after the move. */
  double[] along = new double[0];

  /** First derivative of a row's loss at the margin last asked for. */
  double[] first = new double[0];

  /** Second derivative. */
  double[] second = new double[0];

  /** What the row adds to v, times its entries. */
  double[] toV = new double[0];

  /** What the row adds to r, times its entries. */
  double[] toR = new double[0];

  /** Looks up the coordinates of a batch. */
  void touch(Batch batch, LazyCoordinates coordinates) {
    size = batch.size();
    int from = batch.rowStart()[0];
    int to = batch.rowStart()[size];
    if (place.length < to - from) {
      place = new int[Math.max(to - from, 2 * place.length)];
    }
    if (margin.length < size) {
      oldMargin = new double[size];
      margin = new double[size];
      oldAlong = new double[size];
      along = new double[size];
      first = new double[size];
      second = new double[size];
      toV = new double[size];
      toR = new double[size];
    }
    coordinates.touch(batch.index(), from, to, place);
  }

  /** a'y before and after; entries of even and odd place are summed apart, not to wait. */
  void margins(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double before = bias[LazyCoordinates.OLD_Y];
      double after = bias[0];
      double before1 = 0;
      double after1 = 0;
      int to = rowStart[i + 1];
      int k = rowStart[i];
      for (; k < to - 1; k += 2) {
        int at = place[k - first];
        int at1 = place[k + 1 - first];
        double a = value[k];
        double a1 = value[k + 1];
        after += a * table[at];
        before += a * table[at + LazyCoordinates.OLD_Y];
        after1 += a1 * table[at1];
        before1 += a1 * table[at1 + LazyCoordinates.OLD_Y];
      }
      if (k < to) {
        int at = place[k - first];
        after += value[k] * table[at];
        before += value[k] * table[at + LazyCoordinates.OLD_Y];
      }
      oldMargin[i] = before + before1;
      margin[i] = after + after1;
    }
  }

  /** a'y and a'z before and after, summed in the same way. */
  void products(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double y0 = bias[LazyCoordinates.OLD_Y];
      double y1 = bias[0];
      double z0 = bias[LazyCoordinates.OLD_Z];
      double z1 = bias[2];
      double oddY0 = 0;
      double oddY1 = 0;
      double oddZ0 = 0;
      double oddZ1 = 0;
      int to = rowStart[i + 1];
      int k = rowStart[i];
      for (; k < to - 1; k += 2) {
        int at = place[k - first];
        double a = value[k];
        y1 += a * table[at];
        z1 += a * table[at + 2];
        y0 += a * table[at + LazyCoordinates.OLD_Y];
        z0 += a * table[at + LazyCoordinates.OLD_Z];
        int odd = place[k + 1 - first];
        double b = value[k + 1];
        oddY1 += b * table[odd];
        oddZ1 += b * table[odd + 2];
        oddY0 += b * table[odd + LazyCoordinates.OLD_Y];
        oddZ0 += b * table[odd + LazyCoordinates.OLD_Z];
      }
      if (k < to) {
        int at = place[k - first];
        double a = value[k];
        y1 += a * table[at];
        z1 += a * table[at + 2];
        y0 += a * table[at + LazyCoordinates.OLD_Y];
        z0 += a * table[at + LazyCoordinates.OLD_Z];
      }
      oldMargin[i] = y0 + oddY0;
      margin[i] = y1 + oddY1;
      oldAlong[i] = z0 + oddZ0;
      along[i] = z1 + oddZ1;
    }
  }

  /** Adds every row to r. */
  void addToR(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double r = toR[i];
      int to = rowStart[i + 1];
      for (int k = rowStart[i]; k < to; k++) {
        table[place[k - first] + 3] += r * value[k];
      }
      bias[3] += r;
    }
  }

  /** Adds every row to v and to r. */
  void addToBoth(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double v = toV[i];
      double r = toR[i];
      int to = rowStart[i + 1];
      for (int k = rowStart[i]; k < to; k++) {
        int at = place[k - first];
        double a = value[k];
        table[at + 1] += v * a;
        table[at + 3] += r * a;
      }
      bias[1] += v;
      bias[3] += r;
    }
  }
}
