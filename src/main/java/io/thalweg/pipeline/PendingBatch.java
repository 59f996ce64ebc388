package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch being filled or waiting for its step, with the addresses its rows came from. */
final class PendingBatch {
  private final Batch batch;
  private int segments;
  private int[] lanes = new int[4];
  private int[] counts = new int[4];
  private long[] offsets = new long[4];
  private int[] indexes = new int[4];
  private long sinceNanos;
  private long latestEventTime = Long.MIN_VALUE;
  private final List<Origin> origins = new ArrayList<>();

  PendingBatch(Batch batch) {
    this.batch = batch;
  }

  Batch batch() {
    return batch;
  }

  /** When its first row arrived. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** Notes where the row just committed came from; its record only where records are kept. */
  void noteRow(
      int lane, long offset, int index, long eventTime, long nowNanos, @Nullable Origin origin) {
    if (origin != null) {
      origins.add(origin);
    }
    latestEventTime = Math.max(latestEventTime, eventTime);
    if (batch.size() == 1) {
      sinceNanos = nowNanos;
    }
    if (segments > 0 && lanes[segments - 1] == lane) {
      counts[segments - 1]++;
      return;
    }
    if (segments == lanes.length) {
      lanes = Arrays.copyOf(lanes, 2 * segments);
      counts = Arrays.copyOf(counts, 2 * segments);
      offsets = Arrays.copyOf(offsets, 2 * segments);
      indexes = Arrays.copyOf(indexes, 2 * segments);
    }
    lanes[segments] = lane;
    counts[segments] = 1;
    offsets[segments] = offset;
    indexes[segments] = index;
    segments++;
  }

  /**
   * Appends copies of another's rows, with the lanes they came from. Their offsets are not kept: it
   * is for batches on their way into a step, which no position is moved back to.
   */
  void take(PendingBatch other, int first, int count) {
    int row = 0;
    for (int s = 0; s < other.segments; s++) {
      for (int c = 0; c < other.counts[s]; c++, row++) {
        if (row >= first && row < first + count) {
          batch.appendRow(other.batch, row);
          noteRow(
              other.lanes[s],
              other.offsets[s],
              other.indexes[s],
              other.latestEventTime,
              other.sinceNanos,
              other.origins.isEmpty() ? null : other.origins.get(row));
        }
      }
    }
  }

  /** Latest event time of its rows, {@link Long#MIN_VALUE} when none carries one. */
  long latestEventTime() {
    return latestEventTime;
  }

  /** The record a row came in; only where records are kept. */
  Origin origin(int row) {
    return origins.get(row);
  }

  /** Moves the positions of its lanes back to its first rows. */
  void rewind(Position[] positions) {
    for (int s = segments - 1; s >= 0; s--) {
      positions[lanes[s]] = new Position(offsets[s], indexes[s]);
    }
  }

  /** Enters itself into the ledger's current step. */
  void enter(Ledger.Builder ledger, int level) {
    ledger.batch(level, segments);
    for (int s = 0; s < segments; s++) {
      ledger.segment(lanes[s], counts[s]);
    }
  }

  void clear() {
    batch.clear();
    origins.clear();
    latestEventTime = Long.MIN_VALUE;
    segments = 0;
  }
}
