package io.thalweg.pipeline;

import io.thalweg.stream.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The command that paused a run.
 *
 * @param offset of its record in the control topic, -1 where the run is not paused
 * @param timeMillis of its record, 0 where it is not known
 * @param signature who asked
 */
public record Pause(long offset, long timeMillis, Signature signature) {
  /** The run is not paused. */
  public static final Pause NONE = new Pause(-1, 0, Signature.NONE);

  /**
   * A pause of which nothing but its place is known.
   *
   * @param offset of its record in the control topic
   * @return the pause
   */
  public static Pause at(long offset) {
    return new Pause(offset, 0, Signature.NONE);
  }

  /**
   * Who paused the run, and since when.
   *
   * @return for example {@code paused by ann (INC-42) at 2026-11-30T04:12:09Z, command at offset
   *     17}
   */
  public String words() {
    StringBuilder words = new StringBuilder("paused");
    if (!signature.equals(Signature.NONE)) {
      words.append(' ').append(signature.words());
    }
    if (timeMillis > 0) {
      words.append(" at ").append(Instant.ofEpochMilli(timeMillis).truncatedTo(ChronoUnit.SECONDS));
    }
    return words.append(", command at offset ").append(offset).toString();
  }
}
