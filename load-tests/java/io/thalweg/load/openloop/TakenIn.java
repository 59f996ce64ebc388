package io.thalweg.load.openloop;

import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotHeadings;
import io.thalweg.wire.SnapshotCodec;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Samples that a job has taken in at any moment, by its committed snapshots: each says how many and
 * at which millisecond; between two of them the job went on evenly.
 */
final class TakenIn implements AutoCloseable {
  private final NavigableMap<Long, Double> samples = new ConcurrentSkipListMap<>();
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  TakenIn(String bootstrap, String topic, String job) {
    samples.put(0L, 0.0);
    Disposable unused = // ends by itself once closed
        SnapshotHeadings.follow(KafkaSettings.of(bootstrap), topic, job, 1, () -> closed)
            .subscribe(headings -> headings.forEach(this::take), why -> failure = why);
  }

  private void take(SnapshotCodec.Heading heading) {
    samples.put(heading.timeMillis(), heading.metrics().getOrDefault("samples-lower", 0.0));
  }

  /** Samples of the newest snapshot. */
  double newest() {
    return samples.lastEntry().getValue();
  }

  /** Whether there is a snapshot of that moment or later. */
  boolean knows(long millis) {
    Throwable why = failure;
    if (why != null) {
      throw new IllegalStateException("the snapshots cannot be read", why);
    }
    return samples.lastKey() >= millis;
  }

  /** Samples at a moment that {@link #knows}. */
  double at(long millis) {
    Map.Entry<Long, Double> before = samples.floorEntry(millis);
    Map.Entry<Long, Double> after = samples.ceilingEntry(millis);
    if (before == null || after == null) {
      throw new IllegalArgumentException("no snapshot is of that moment or later: " + millis);
    }
    if (before.getKey().equals(after.getKey())) {
      return before.getValue();
    }
    double share = (double) (millis - before.getKey()) / (after.getKey() - before.getKey());
    return before.getValue() + share * (after.getValue() - before.getValue());
  }

  @Override
  public void close() {
    closed = true;
  }
}
