package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * Named features that a sample says it does not have. In a dense row what stands for a missing
 * feature takes the place of their number, unless a feature that the sample has lies there as well:
 * what is known of a place counts, whatever else would be there. In a sparse row there is nothing
 * to store.
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

  /**
   * Puts them into the open row, whose other features are there.
   *
   * @param present places of those
   * @param held how many they are
   */
  void place(SampleSchema schema, Missing missing, int[] present, int held, Batch into) {
    if (missing != Missing.MEAN || schema.sparse()) {
      return; // the row is zero there
    }
    int features = schema.featuresColumn();
    int from = into.size() * schema.fields().get(features).width();
    for (int k = 0; k < count; k++) {
      if (!holds(present, held, places[k])) {
        into.column(features)[from + places[k]] = missing.number();
      }
    }
  }

  private static boolean holds(int[] present, int held, int place) {
    for (int k = 0; k < held; k++) {
      if (present[k] == place) {
        return true;
      }
    }
    return false;
  }
}
