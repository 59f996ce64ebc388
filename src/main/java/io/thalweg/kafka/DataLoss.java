package io.thalweg.kafka;

import io.thalweg.stream.Lane;

/**
 * Records that should have been read and cannot be any more, or that are not what they were.
 *
 * @param lane where
 * @param wanted offset that was to be read next
 * @param resumed offset at which reading goes on
 * @param records how many offsets are skipped, at most; 0 when that cannot be said
 * @param reason what happened
 */
public record DataLoss(Lane lane, long wanted, long resumed, long records, String reason) {
  @Override
  public String toString() {
    return lane
        + "@"
        + wanted
        + ": "
        + reason
        + "; reading goes on at "
        + resumed
        + (records > 0 ? ", " + records + " offsets skipped" : "");
  }
}
