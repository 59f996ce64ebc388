package io.thalweg.load.openloop;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Microseconds since 1970, the time that all processes of one machine share; within this process it
 * runs by the monotonic clock.
 */
final class MicroClock {
  private final long base = wall();
  private final long nanos = System.nanoTime();

  /** The shared time as any process can read it. */
  static long wall() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  long now() {
    return at(System.nanoTime());
  }

  /** The shared time of a moment of {@link System#nanoTime}. */
  long at(long nanoTime) {
    return base + Math.floorDiv(nanoTime - nanos, 1_000L);
  }
}
