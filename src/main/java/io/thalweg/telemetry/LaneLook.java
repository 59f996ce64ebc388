package io.thalweg.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * How far one partition is.
 *
 * @param topic its topic
 * @param partition its number
 * @param role train or validation, null where every record says its own
 * @param next offset of the next record: what is before it is in a committed cut
 * @param end offset behind the last record that is known of
 */
public record LaneLook(String topic, int partition, @Nullable String role, long next, long end) {
  /**
   * Records that are in no committed cut yet.
   *
   * @return end - next, at least 0
   */
  public long lag() {
    return Math.max(0, end - next);
  }
}
