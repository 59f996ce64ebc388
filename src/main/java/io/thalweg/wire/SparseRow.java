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
    if (schema.sparse()) {
      int from = into.reserve(count);
      System.arraycopy(indices, 0, into.index(), from, count);
      System.arraycopy(values, 0, into.value(), from, count);
      settle(from, count, width, into);
      return;
    }
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
    if (schema.sparse()) {
      int from = into.reserve(count);
      int[] to = into.index();
      double[] numbers = into.value();
      for (int k = 0; k < count; k++) {
        to[from + k] = (int) BinarySamples.INT.get(record, indicesAt + 4 * k);
      }
      for (int k = 0; k < count; k++) {
        numbers[from + k] = (double) BinarySamples.DOUBLE.get(record, valuesAt + 8 * k);
      }
      settle(from, count, width, into);
      return;
    }
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

  /** Keeps the pairs just written when all are good; zeros among them are taken out. */
  private void settle(int from, int count, int width, Batch into) {
    int[] index = into.index();
    double[] value = into.value();
    int bad = 0;
    boolean finite = true;
    int zeros = 0;
    for (int k = from; k < from + count; k++) {
      bad |= index[k] | (width - 1 - index[k]); // negative when one is
    }
    for (int k = from; k < from + count; k++) {
      double size = Math.abs(value[k]);
      finite &= size <= Double.MAX_VALUE;
      zeros += size == 0 ? 1 : 0;
    }
    if (bad < 0 || !finite) {
      int k = from;
      while (index[k] >= 0 && index[k] < width && Math.abs(value[k]) <= Double.MAX_VALUE) {
        k++;
      }
      refuse(k - from, index[k], value[k], width);
      return;
    }
    int end = from + count;
    if (zeros > 0) {
      end = from;
      for (int k = from; k < from + count; k++) {
        index[end] = index[k];
        value[end] = value[k];
        end += value[k] == 0 ? 0 : 1;
      }
    }
    into.keepEntries(end);
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
