package io.thalweg.solver;

/**
 * What a step reads and writes: one array per name of a {@link StateLayout}, whole arrays so that
 * they go to an oracle without copying, and counters.
 */
final class State {
  /** The vectors and matrices, numbered as in the layout. */
  final double[][] slots;

  /** The counters, numbered as in the layout; the first is t. */
  final long[] counters;

  /** Slot 0. */
  final double[] x;

  /** Slot 1. */
  final double[] y;

  State(double[][] slots, long[] counters) {
    this.slots = slots;
    this.counters = counters;
    this.x = slots[StateLayout.X];
    this.y = slots[StateLayout.Y];
  }

  /** Steps taken. */
  long t() {
    return counters[StateLayout.T];
  }
}
