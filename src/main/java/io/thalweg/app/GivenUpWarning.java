package io.thalweg.app;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says that records or labels were given up because the other half did not come in time: at the
 * first one, and then at most once a minute, with what was given up since it was last said. Used by
 * one thread.
 */
final class GivenUpWarning {
  static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

  private final Consumer<String> log;
  private @Nullable LateLabelCounts said;
  private long saidNanos;
  private boolean once;

  GivenUpWarning(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Looks at the newest metrics.
   *
   * @param metrics of the last snapshot, empty before the first
   * @param restored whether the job had been at work before: what it gave up then was said then
   * @param nowNanos the time
   */
  void look(Map<String, Double> metrics, boolean restored, long nowNanos) {
    LateLabelCounts now = LateLabelCounts.of(metrics);
    if (now == null) {
      return;
    }
    LateLabelCounts before = said;
    if (before == null) {
      before = restored ? now : new LateLabelCounts(0, 0, 0, 0, 0, 0);
    }
    if (now.givenUp() < before.givenUp()) {
      before = now; // begun again from an earlier checkpoint
    }
    said = before;
    if (now.givenUp() == before.givenUp()
        || (once && nowNanos - saidNanos < AT_MOST_EVERY.toNanos())) {
      return;
    }
    log.accept(
        String.format(
            Locale.ROOT,
            "%d records were given up without their label and %d labels without their record: none"
                + " came within samples.labels.expire.records (%s)",
            now.expired() - before.expired(),
            now.unmatched() - before.unmatched(),
            now));
    said = now;
    saidNanos = nowNanos;
    once = true;
  }
}
