package io.thalweg.kafka;

import io.thalweg.wire.LargeModels;

/**
 * What a job publishes, as far as the size of its records hangs on it.
 *
 * @param upper entries of x
 * @param lower entries of y
 * @param members models of as many entries as y beside it
 * @param large how vectors are written that are too long for a record
 */
public record Publishing(int upper, int lower, int members, LargeModels large) {
  /** For whoever does not say how long the vectors are. */
  public static final Publishing UNKNOWN = new Publishing(0, 0, 0, LargeModels.DEFAULTS);

  /**
   * Whether some vector is written as keyframes and differences.
   *
   * @return true when one has more entries than may stand in a snapshot
   */
  public boolean isLarge() {
    return Math.max(upper, lower) > large.inline();
  }
}
