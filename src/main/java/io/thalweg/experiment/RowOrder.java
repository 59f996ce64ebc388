package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;

/**
 * Passes over rows 0 ... n - 1, each in a new order (Fisher-Yates from the end). Where one pass
 * ends the next begins.
 */
final class RowOrder {
  private final int[] order;
  private final SplitMix64 rng;
  private int at;

  RowOrder(int n, SplitMix64 rng) {
    if (n < 1) {
      throw new IllegalArgumentException("a pass needs at least 1 row, but there were " + n);
    }
    this.rng = rng;
    order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    at = n;
  }

  /** The next row. */
  int next() {
    if (at == order.length) {
      shuffle();
      at = 0;
    }
    return order[at++];
  }

  /** All rows of the next pass, from its beginning. */
  int[] shuffled() {
    shuffle();
    at = order.length;
    return order.clone();
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int j = rng.index(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}
