package io.thalweg.experiment;

import io.thalweg.data.NumberTable;
import io.thalweg.sample.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Rows of numbers for experiments. */
final class Tables {
  private Tables() {}

  /** A table of the program's own. */
  static double[][] load(String name) {
    try {
      return NumberTable.load(name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the table " + name, e);
    }
  }

  /** Writes a part of a row into a field of the batch's open row. */
  static void put(Batch into, String field, double[] row, int from, int length) {
    int column = into.schema().column(field);
    for (int j = 0; j < length; j++) {
      into.set(column, j, row[from + j]);
    }
  }
}
