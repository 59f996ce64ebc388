package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * Named features that a sample says it does not have. In a dense row what stands for a missing
 * feature takes the place of their number; in a sparse one there is nothing to store.
 */
final class LackingNames {
  private int[] places = new int[8];
  private int count;

  void clear() {
    count = 0;
  }

  /** Notes a name by its hash, among so many features. */
  void add(int hash, int features) {
    if (features == 0) {
      return;
    }
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
    }
    places[count++] = FeatureHash.index(hash, features);
  }

  /** Puts them into the open row, whose other features are there. */
  void place(SampleSchema schema, Missing missing, Batch into) {
    if (missing != Missing.MEAN || schema.sparse()) {
      return; // the row is zero there
    }
    int features = schema.featuresColumn();
    int from = into.size() * schema.fields().get(features).width();
    for (int k = 0; k < count; k++) {
      into.column(features)[from + places[k]] = missing.number();
    }
  }
}
