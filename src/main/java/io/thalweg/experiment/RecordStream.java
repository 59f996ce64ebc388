package io.thalweg.experiment;

import io.thalweg.sample.Batch;

/**
 * Labelled records in the order they come. Shared by threads: nobody writes to it.
 *
 * @param features length of a row, without a constant one
 * @param rows one after the other
 * @param labels -1 or 1
 */
record RecordStream(int features, double[] rows, double[] labels) {
  /** Records. */
  int size() {
    return labels.length;
  }

  /** Adds a record behind the others of a batch. */
  void append(Batch into, int i) {
    int x = into.schema().column("x");
    into.openRow();
    for (int j = 0; j < features; j++) {
      into.set(x, j, rows[i * features + j]);
    }
    into.set(into.schema().column("y"), 0, labels[i]);
    into.commitRow();
  }

  /** The same records with other labels. */
  RecordStream labelled(double[] others) {
    return new RecordStream(features, rows, others);
  }
}
