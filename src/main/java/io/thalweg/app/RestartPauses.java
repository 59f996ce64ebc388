package io.thalweg.app;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How long to wait before what has failed is started anew: twice as long each time it fails again
 * soon, and as short as at first once it has gone well for a while. Up to half is left to chance,
 * so that many who lost the same broker do not come back at once. Used by one thread at a time.
 */
final class RestartPauses {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** What goes well for so long has not failed again. */
  private static final Duration WELL = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final DoubleSupplier chance;
  private long pauseNanos;
  private long dueNanos;

  /**
   * Nothing has failed yet.
   *
   * @param nanos monotone clock
   * @param chance gives numbers from 0 to 1
   */
  RestartPauses(LongSupplier nanos, DoubleSupplier chance) {
    this.nanos = nanos;
    this.chance = chance;
  }

  /** It has failed; says how long to wait. */
  Duration next() {
    long now = nanos.getAsLong();
    boolean first = pauseNanos == 0 || now - dueNanos > WELL.toNanos();
    pauseNanos = first ? FIRST.toNanos() : Math.min(LONGEST.toNanos(), 2 * pauseNanos);
    long pause = (long) (pauseNanos * (1 - chance.getAsDouble() / 2));
    dueNanos = now + pause;
    return Duration.ofNanos(pause);
  }
}
