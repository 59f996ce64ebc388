package io.thalweg.peers;

import io.thalweg.data.BankMarketing;
import java.util.Arrays;

/**
 * A stretch of a stream, as everybody gets it. Row r has the entries {@code start[r] ... start[r +
 * 1] - 1}; where rows are dense these are all features in order and {@code index} is not used.
 * Values have four decimals, so that a text of them holds no other numbers than an array.
 */
final class Chunk {
  /** Most rows: a multiple of the rows of every batch, so that few batches are not full. */
  static final int CAPACITY = 12_800;

  private static final double DECIMALS = 1e4;

  final boolean sparse;
  final int[] start = new int[CAPACITY + 1];
  final int[] index;
  final double[] value;

  /** Labels, 0 or 1. */
  final double[] label = new double[CAPACITY];

  /** Margins the labels were drawn from, NaN where nobody knows. */
  final double[] truth = new double[CAPACITY];

  private int rows;

  Chunk(Source source) {
    sparse = source.sparse();
    value = new double[CAPACITY * source.entries()];
    index = new int[sparse ? value.length : 0];
  }

  int rows() {
    return rows;
  }

  void clear() {
    rows = 0;
  }

  /** What a text with four decimals would say. */
  static double rounded(double number) {
    return Math.rint(number * DECIMALS) / DECIMALS;
  }

  /** Sorts the entries of the open row by feature; for rows that are written in any order. */
  void sortOpenRow(int entries) {
    Arrays.sort(index, start[rows], start[rows] + entries);
  }

  /** Where the open row begins. */
  int open() {
    return start[rows];
  }

  /** Keeps the open row. */
  void commit(int entries, double itsLabel, double itsTruth) {
    label[rows] = itsLabel;
    truth[rows] = itsTruth;
    start[rows + 1] = start[rows] + entries;
    rows++;
  }

  /** Appends a row of the bank. */
  void append(BankMarketing bank, int row) {
    double[] features = bank.row(row);
    int at = open();
    for (double feature : features) {
      value[at++] = rounded(feature);
    }
    commit(features.length, bank.label(row), Double.NaN);
  }
}
