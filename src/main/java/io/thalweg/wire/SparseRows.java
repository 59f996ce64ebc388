package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * Index-value pairs put into the layout the schema asks for. Their order is free; values of one
 * index add up, as they do in every product with a compressed row; zeros are not stored.
 */
final class SparseRows {
  private SparseRows() {}

  /** Writes the pairs to the open row, or rejects the sample. */
  static void place(
      SampleReader reader,
      SampleSchema schema,
      int features,
      int[] indices,
      double[] values,
      int count,
      Batch into) {
    int width = schema.fields().get(features).width();
    double[] row = into.column(features);
    int at = into.size() * width;
    if (!schema.sparse()) {
      Arrays.fill(row, at, at + width, 0);
    }
    for (int k = 0; k < count; k++) {
      int index = indices[k];
      double value = values[k];
      if (index < 0 || index >= width) {
        reader.reject("i[" + k + "] must be in [0, " + (width - 1) + "], but was " + index);
        return;
      }
      if (!Double.isFinite(value)) {
        reader.reject("v[" + k + "] must be finite, but was " + value);
        return;
      }
      if (!schema.sparse()) {
        row[at + index] += value;
        if (!Double.isFinite(row[at + index])) {
          reader.reject("the values of feature " + index + " add up to " + row[at + index]);
          return;
        }
      } else if (value != 0) {
        into.append(index, value);
      }
    }
  }
}
