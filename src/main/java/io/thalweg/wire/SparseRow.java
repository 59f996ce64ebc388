package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * Index-value pairs on their way into the layout the schema asks for. Their order is free; values
 * of one index add up, as they do in every product with a compressed row; zeros are not stored.
 */
final class SparseRow {
  private final SampleReader reader;

  SparseRow(SampleReader reader) {
    this.reader = reader;
  }

  /**
   * Copies pairs that have been read.
   *
   * @param into has the row open
   */
  void place(SampleSchema schema, int[] indices, double[] values, int count, Batch into) {
    int width = begin(schema, into);
    for (int k = 0; k < count; k++) {
      int index = indices[k];
      double value = values[k];
      if (index < 0 || index >= width || !(Math.abs(value) <= Double.MAX_VALUE)) {
        refuse(k, index, value, width);
        return;
      }
      put(schema, index, value, into);
    }
  }

  /** Copies pairs from where they lie in a binary record. */
  void place(
      SampleSchema schema, byte[] record, int indicesAt, int valuesAt, int count, Batch into) {
    int width = begin(schema, into);
    for (int k = 0; k < count; k++) {
      int index = (int) BinarySamples.INT.get(record, indicesAt + 4 * k);
      double value = (double) BinarySamples.DOUBLE.get(record, valuesAt + 8 * k);
      if (index < 0 || index >= width || !(Math.abs(value) <= Double.MAX_VALUE)) {
        refuse(k, index, value, width);
        return;
      }
      put(schema, index, value, into);
    }
  }

  private static int begin(SampleSchema schema, Batch into) {
    int features = schema.featuresColumn();
    int width = schema.fields().get(features).width();
    if (!schema.sparse()) {
      int at = into.size() * width;
      Arrays.fill(into.column(features), at, at + width, 0);
    }
    return width;
  }

  private void put(SampleSchema schema, int index, double value, Batch into) {
    if (schema.sparse()) {
      if (value != 0) {
        into.append(index, value);
      }
      return;
    }
    int features = schema.featuresColumn();
    double[] row = into.column(features);
    int at = into.size() * schema.fields().get(features).width() + index;
    row[at] += value;
    if (!Double.isFinite(row[at])) {
      reader.reject("the values of feature " + index + " add up to " + row[at]);
    }
  }

  private void refuse(int k, int index, double value, int width) {
    reader.reject(
        index < 0 || index >= width
            ? "i[" + k + "] must be in [0, " + (width - 1) + "], but was " + index
            : "v[" + k + "] must be finite, but was " + value);
  }
}
