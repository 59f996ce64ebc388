package io.thalweg.pipeline;

import java.time.Duration;

/**
 * When a cut is taken: after so many steps or so long, whichever comes first, and on stop.
 *
 * @param steps steps, refused ones included
 * @param time since the last cut, as soon as there was a step or a refused sample
 */
public record Cadence(int steps, Duration time) {
  /**
   * Checks the ranges.
   *
   * @param steps steps, refused ones included
   * @param time since the last cut, as soon as there was a step or a refused sample
   */
  public Cadence {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "snapshots.every.steps must be at least 1, but was " + steps);
    }
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(
          "snapshots.every.time must be longer than 0, but was " + time);
    }
  }
}
