package io.thalweg.pipeline;

import java.time.Duration;

/**
 * When a cut is taken: after so many steps or so long, whichever comes first, and on stop. The time
 * is fixed when both bounds are equal. Else it adapts: as soon as the lower bound allows while
 * commits take no more than their share of the time, later where they cost more, at the upper bound
 * at the latest. Where a commit takes longer than half of that (a model of millions of entries),
 * the bound gives way: else there would be a cut after every step, and no time to learn.
 *
 * @param steps steps, refused ones included
 * @param soonest least time since the last cut
 * @param time most time since the last cut, as soon as there was a step or a refused sample
 * @param share part of the time that commits may take, in (0, 1]
 */
public record Cadence(int steps, Duration soonest, Duration time, double share) {
  /** Keeps what is doubled from overflowing; no commit lives so long. */
  private static final long LONGEST_COMMIT = Long.MAX_VALUE / 2;

  /**
   * Checks the ranges.
   *
   * @param steps steps, refused ones included
   * @param soonest least time since the last cut
   * @param time most time since the last cut, as soon as there was a step or a refused sample
   * @param share part of the time that commits may take, in (0, 1]
   */
  public Cadence {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "snapshots.every.steps must be at least 1, but was " + steps);
    }
    if (soonest.isNegative() || soonest.isZero()) {
      throw new IllegalArgumentException(
          "snapshots.every.min-time must be longer than 0, but was " + soonest);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "snapshots.every.share must be in (0, 1], but was " + share);
    }
    if (time.compareTo(soonest) < 0) {
      throw new IllegalArgumentException(
          "snapshots.every.time must be at least min-time, " + soonest + ", but was " + time);
    }
  }

  /**
   * A cadence that does not adapt.
   *
   * @param steps steps, refused ones included
   * @param time since the last cut
   */
  public Cadence(int steps, Duration time) {
    this(steps, time, time, 1);
  }

  /**
   * The time from cut to cut.
   *
   * @param commitNanos what a commit costs, 0 when not known
   * @return nanoseconds between both bounds, or twice the cost of a commit where that is more
   */
  long intervalNanos(long commitNanos) {
    long affordable =
        (long) ((double) commitNanos / share); // as large as there is when it overflows
    long latest = Math.max(time.toNanos(), 2 * Math.min(commitNanos, LONGEST_COMMIT));
    return Math.min(latest, Math.max(soonest.toNanos(), affordable));
  }
}
