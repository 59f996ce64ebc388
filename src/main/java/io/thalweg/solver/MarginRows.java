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

  /** a'y before and after. */
  void margins(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double before = bias[LazyCoordinates.OLD_Y];
      double after = bias[0];
      int to = rowStart[i + 1];
      for (int k = rowStart[i]; k < to; k++) {
        int at = place[k - first];
        double a = value[k];
        after += a * table[at];
        before += a * table[at + LazyCoordinates.OLD_Y];
      }
      oldMargin[i] = before;
      margin[i] = after;
    }
  }

  /** a'y and a'z before and after. */
  void products(Batch batch, double[] table, double[] bias) {
    int[] rowStart = batch.rowStart();
    double[] value = batch.value();
    int first = rowStart[0];
    for (int i = 0; i < size; i++) {
      double y0 = bias[LazyCoordinates.OLD_Y];
      double y1 = bias[0];
      double z0 = bias[LazyCoordinates.OLD_Z];
      double z1 = bias[2];
      int to = rowStart[i + 1];
      for (int k = rowStart[i]; k < to; k++) {
        int at = place[k - first];
        double a = value[k];
        y1 += a * table[at];
        z1 += a * table[at + 2];
        y0 += a * table[at + LazyCoordinates.OLD_Y];
        z0 += a * table[at + LazyCoordinates.OLD_Z];
      }
      oldMargin[i] = y0;
      margin[i] = y1;
      oldAlong[i] = z0;
      along[i] = z1;
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
