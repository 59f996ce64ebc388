package io.thalweg.kafka;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Until when a topic may be read: a broker that is away must not hold up for ever who reads. */
final class ReadLimit {
  /** For as long as it takes. */
  static final ReadLimit NONE = new ReadLimit(null, () -> false);

  /** What a single call may take, as of the clients' own. */
  private static final Duration CALL = Duration.ofSeconds(30);

  private final @Nullable Duration within;
  private final BooleanSupplier stopped;
  private final long begunNanos = System.nanoTime();

  private ReadLimit(@Nullable Duration within, BooleanSupplier stopped) {
    this.within = within;
    this.stopped = stopped;
  }

  /**
   * A limit that begins now.
   *
   * @param within how long it may take
   * @param stopped whether nobody waits for it any more
   */
  static ReadLimit of(Duration within, BooleanSupplier stopped) {
    return new ReadLimit(within, stopped);
  }

  /**
   * How long the next call to a broker may take.
   *
   * @return at least a millisecond
   * @throws TimeoutException when the time is over
   * @throws CancellationException when nobody waits any more
   */
  Duration left() {
    if (stopped.getAsBoolean()) {
      throw new CancellationException("nobody waits for what is read");
    }
    if (within == null) {
      return CALL;
    }
    long left = within.toNanos() - (System.nanoTime() - begunNanos);
    if (left <= 0) {
      throw new TimeoutException("it was not read within " + within.toSeconds() + " s");
    }
    return Duration.ofMillis(Math.max(1, Math.min(CALL.toMillis(), left / 1_000_000)));
  }
}
