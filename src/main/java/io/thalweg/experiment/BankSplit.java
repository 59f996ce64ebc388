package io.thalweg.experiment;

import io.thalweg.data.BankMarketing;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The bank data, shuffled from a seed and split into 60 % training, 20 % validation and 20 % test
 * rows, with a last feature that is always 1. Shared by threads: nobody writes to it.
 */
final class BankSplit {
  private final int q;
  private final double[][] rows = new double[3][];
  private final double[][] labels = new double[3][];

  /** Which part. */
  enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  BankSplit(long seed) {
    BankMarketing bank;
    try {
      bank = BankMarketing.load();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bank data", e);
    }
    q = bank.features() + 1;
    int n = bank.rows();
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    SplitMix64 rng = new SplitMix64(seed);
    for (int i = n - 1; i > 0; i--) {
      int j = rng.index(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    int[] ends = {0, n * 3 / 5, n * 4 / 5, n};
    for (int part = 0; part < 3; part++) {
      int size = ends[part + 1] - ends[part];
      rows[part] = new double[size * q];
      labels[part] = new double[size];
      for (int i = 0; i < size; i++) {
        int from = order[ends[part] + i];
        double[] row = bank.row(from);
        System.arraycopy(row, 0, rows[part], i * q, q - 1);
        rows[part][i * q + q - 1] = 1;
        labels[part][i] = bank.label(from) > 0 ? 1 : -1;
      }
    }
  }

  /** Features, the constant one included. */
  int features() {
    return q;
  }

  /** Rows of a part. */
  int size(Part part) {
    return labels[part.ordinal()].length;
  }

  /** Rows times their labels of -1 or 1. */
  double[] signed(Part part) {
    double[] out = rows[part.ordinal()].clone();
    double[] label = labels[part.ordinal()];
    for (int i = 0; i < label.length; i++) {
      for (int j = 0; j < q; j++) {
        out[i * q + j] *= label[i];
      }
    }
    return out;
  }

  /** A part as samples. */
  Batch samples(Part part, SampleSchema schema) {
    double[] label = labels[part.ordinal()];
    Batch out = new Batch(schema, label.length);
    int x = schema.column("x");
    int y = schema.column("y");
    for (int i = 0; i < label.length; i++) {
      out.openRow();
      for (int j = 0; j < q; j++) {
        out.set(x, j, rows[part.ordinal()][i * q + j]);
      }
      out.set(y, 0, label[i]);
      out.commitRow();
    }
    return out;
  }
}
