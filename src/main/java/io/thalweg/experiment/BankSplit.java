package io.thalweg.experiment;

import io.thalweg.data.BankMarketing;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntFunction;

/**
 * The bank data, in a shuffled order split into 60 % training, 20 % validation and 20 % test rows,
 * with a last feature that is always 1. Shared by threads: nobody writes to it.
 */
final class BankSplit {
  private final int q;
  private final Part train;
  private final Part validation;
  private final Part test;

  /**
   * One part.
   *
   * @param q features, the constant one included
   * @param rows one after the other
   * @param labels -1 or 1
   */
  record Part(int q, double[] rows, double[] labels) {
    /** Rows times their labels. */
    double[] signed() {
      double[] out = rows.clone();
      for (int i = 0; i < labels.length; i++) {
        for (int j = 0; j < q; j++) {
          out[i * q + j] *= labels[i];
        }
      }
      return out;
    }

    /** The part as samples; the number of a row is its index. */
    Batch samples(SampleSchema schema) {
      Batch out = new Batch(schema, labels.length);
      int x = schema.column("x");
      int y = schema.column("y");
      int index = schema.column("index");
      for (int i = 0; i < labels.length; i++) {
        out.openRow();
        for (int j = 0; j < q; j++) {
          out.set(x, j, rows[i * q + j]);
        }
        out.set(y, 0, labels[i]);
        out.set(index, 0, i);
        out.commitRow();
      }
      return out;
    }
  }

  private BankSplit(IntFunction<int[]> orderOf) {
    BankMarketing bank;
    try {
      bank = BankMarketing.load();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bank data", e);
    }
    q = bank.features() + 1;
    int n = bank.rows();
    int[] order = orderOf.apply(n);
    train = part(bank, order, 0, n * 3 / 5);
    validation = part(bank, order, n * 3 / 5, n * 4 / 5);
    test = part(bank, order, n * 4 / 5, n);
  }

  /** In the order of {@code numpy.random.default_rng(seed).permutation(n)}. */
  static BankSplit numpy(int seed) {
    return new BankSplit(n -> NumpyOrder.of(seed, n));
  }

  /** In an order drawn by the generator of this program. */
  static BankSplit drawn(long seed) {
    return new BankSplit(n -> new RowOrder(n, new SplitMix64(seed)).shuffled());
  }

  private static Part part(BankMarketing bank, int[] order, int from, int to) {
    int q = bank.features() + 1;
    double[] rows = new double[(to - from) * q];
    double[] labels = new double[to - from];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(bank.row(order[from + i]), 0, rows, i * q, q - 1);
      rows[i * q + q - 1] = 1;
      labels[i] = bank.label(order[from + i]) > 0 ? 1 : -1;
    }
    return new Part(q, rows, labels);
  }

  /** Features, the constant one included. */
  int features() {
    return q;
  }

  /** Rows of the lower level. */
  Part train() {
    return train;
  }

  /** Rows of the upper level. */
  Part validation() {
    return validation;
  }

  /** Rows nobody learns from. */
  Part test() {
    return test;
  }
}
