package io.thalweg.portfolio;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;

/**
 * One record as all members read it: all entries of a dense row, so that loops over them are plain,
 * and of a sparse row those it holds; the constant feature last. Loading a row allocates only when
 * it is longer than any before.
 */
final class Row {
  /** Entries beyond which the squares of products of them would not be finite. */
  private static final double LARGEST_SQUARE = 1e60;

  /** Its square times the least positive number is above 1. */
  private static final double HUGE = 1e300;

  private final int features;
  private final boolean bias;
  private boolean sparse;
  private int length;
  private int[] index;
  private double[] value;
  private double[] square;
  private double[] present;
  private double squares;

  Row(RowModel model) {
    features = model.features();
    bias = model.hasBias();
    index = new int[0];
    value = new double[0];
    square = new double[0];
    present = new double[0];
  }

  /** Takes up a row; false when it is too large to learn from. */
  boolean load(Batch batch, int row) {
    sparse = batch.schema().sparse();
    if (sparse) {
      int from = batch.rowStart()[row];
      int entries = batch.rowStart()[row + 1] - from;
      reserve(entries + 1);
      System.arraycopy(batch.index(), from, index, 0, entries);
      System.arraycopy(batch.value(), from, value, 0, entries);
      length = entries;
    } else {
      reserve(features + 1);
      System.arraycopy(batch.column(0), row * features, value, 0, features);
      length = features;
    }
    if (bias) {
      index[length] = features;
      value[length] = 1;
      length++;
    }
    measure(length, value, square, present);
    squares = Kernels.dot(length, value, 0, value, 0);
    return squares <= LARGEST_SQUARE;
  }

  /** A plain loop, without the question whether an entry is 0 that would keep it from being one. */
  private static void measure(int n, double[] value, double[] square, double[] present) {
    for (int k = 0; k < n; k++) {
      double v = value[k];
      square[k] = v * v;
      present[k] = Math.min(1, Math.abs(v) * HUGE * HUGE);
    }
  }

  private void reserve(int entries) {
    if (value.length < entries) {
      int room = Math.max(entries, 2 * value.length);
      index = new int[room];
      value = new double[room];
      square = new double[room];
      present = new double[room];
    }
  }

  /** Whether entry k is that of coordinate {@link #index()}[k]; else of coordinate k. */
  boolean sparse() {
    return sparse;
  }

  /** Entries, the constant feature included. */
  int length() {
    return length;
  }

  /** Entries that may be penalised: all but the constant feature. */
  int penalised() {
    return bias ? length - 1 : length;
  }

  int[] index() {
    return index;
  }

  double[] value() {
    return value;
  }

  /** Squares of the entries. */
  double[] square() {
    return square;
  }

  /** 1 for an entry that is not 0, else 0. */
  double[] present() {
    return present;
  }

  /** The sum of the squares. */
  double squares() {
    return squares;
  }

  /** Its product with a vector of all coordinates. */
  double dot(double[] v) {
    return sparse ? gathered(v, length) : Kernels.dot(length, value, 0, v, 0);
  }

  /** Its products with many vectors. */
  void dots(double[][] vectors, double[] out) {
    if (sparse) {
      for (int i = 0; i < vectors.length; i++) {
        out[i] = gathered(vectors[i], length);
      }
    } else {
      Kernels.dots(length, value, vectors, out);
    }
  }

  /** The products of its squares with many vectors, each as {@link #squaresDot}. */
  void squaresDots(double[][] vectors, double[] out) {
    if (sparse) {
      for (int i = 0; i < vectors.length; i++) {
        out[i] = squaresDot(vectors[i]);
      }
    } else {
      Kernels.dots(length, square, vectors, out);
    }
  }

  private double gathered(double[] v, int entries) {
    double sum = 0;
    for (int k = 0; k < entries; k++) {
      sum += value[k] * v[index[k]];
    }
    return sum;
  }

  /** The product of its squares with a vector of all coordinates. */
  double squaresDot(double[] v) {
    if (!sparse) {
      return Kernels.dot(length, square, 0, v, 0);
    }
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += square[k] * v[index[k]];
    }
    return sum;
  }
}
