package io.thalweg.load.workload;

import io.thalweg.data.BankMarketing;
import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.BinarySamples;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/** Makes the values of records: bank rows, or sparse rows by a power law; JSON or binary. */
public final class SampleValues {
  /** Features of a sparse row. */
  public static final int SPARSE_FEATURES = 1 << 18;

  /** Entries of a sparse row. */
  public static final int ENTRIES = 100;

  private final BankMarketing bank;
  private final SampleSchema schema;
  private final boolean sparse;
  private final Workload.Format format;
  private final SplittableRandom random = new SplittableRandom(7);

  /**
   * Values of one kind.
   *
   * @param bank the rows of the dense problem
   * @param schema what a sample looks like
   * @param sparse whether rows are sparse
   * @param format what is on the wire
   */
  public SampleValues(
      BankMarketing bank, SampleSchema schema, boolean sparse, Workload.Format format) {
    this.bank = bank;
    this.schema = schema;
    this.sparse = sparse;
    this.format = format;
  }

  /**
   * Distinct values, always the same ones.
   *
   * @param count how many records
   * @param perRecord samples in each
   * @return their bytes
   */
  public byte[][] make(int count, int perRecord) {
    byte[][] values = new byte[count][];
    for (int i = 0; i < count; i++) {
      Batch batch = new Batch(schema, perRecord);
      for (int k = 0; k < perRecord; k++) {
        if (sparse) {
          sparseRow(random, SPARSE_FEATURES, ENTRIES, batch);
        } else {
          bankRow((i * perRecord + k) % bank.rows(), batch);
        }
      }
      values[i] =
          format == Workload.Format.JSON
              ? json(batch).getBytes(StandardCharsets.UTF_8)
              : new BinarySamples.Encoder(schema).encode(batch, 0, perRecord);
    }
    return values;
  }

  /**
   * Adds a row of entries at places by a power law, with four decimals and a random label.
   *
   * @param random where chance comes from
   * @param features length of the row
   * @param entries how many are not zero
   * @param batch receives the row
   */
  public static void sparseRow(SplittableRandom random, int features, int entries, Batch batch) {
    batch.openRow();
    for (int k = 0; k < entries; k++) {
      batch.append(powerLaw(random, features), Math.round(1e4 * (random.nextDouble() - 0.5)) / 1e4);
    }
    batch.set(batch.schema().column("y"), 0, random.nextInt(2));
    batch.commitRow();
  }

  /** Feature j with a chance of about 1 / (j + 1). */
  private static int powerLaw(SplittableRandom random, int features) {
    return (int) Math.min(features - 1, Math.pow(features + 1.0, random.nextDouble()) - 1);
  }

  private void bankRow(int r, Batch batch) {
    batch.openRow();
    double[] row = bank.row(r);
    int x = schema.featuresColumn();
    for (int j = 0; j < row.length; j++) {
      batch.set(x, j, row[j]);
    }
    batch.set(schema.column("y"), 0, bank.label(r));
    batch.commitRow();
  }

  private String json(Batch batch) {
    StringBuilder out = new StringBuilder("{");
    if (sparse) {
      StringBuilder v = new StringBuilder();
      out.append("\"i\":[");
      for (int k = 0; k < batch.rowStart()[1]; k++) {
        out.append(k > 0 ? "," : "").append(batch.index()[k]);
        v.append(k > 0 ? "," : "").append(decimal(batch.value()[k]));
      }
      out.append("],\"v\":[").append(v).append(']');
    } else {
      out.append("\"x\":[");
      double[] x = batch.column(schema.featuresColumn());
      for (int j = 0; j < bank.features(); j++) {
        out.append(j > 0 ? "," : "").append(decimal(x[j]));
      }
      out.append(']');
    }
    int label = (int) batch.column(schema.column("y"))[0];
    return out.append(",\"y\":").append(label).append('}').toString();
  }

  private static String decimal(double x) {
    return String.format(Locale.ROOT, "%.4f", x);
  }
}
