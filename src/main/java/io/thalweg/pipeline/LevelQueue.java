package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.stream.Position;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one level between decoding and their step: a bounded number of full ones and the
 * one being filled. Batches are recycled, so the memory is the bound and not the backlog.
 */
final class LevelQueue {
  /** Memory for rows of one level while the other level has none and its share is not known. */
  private static final long MOST_BYTES = 64L << 20;

  /** Entries a sparse row is reckoned with. */
  private static final int SPARSE_ENTRIES = 128;

  private final SampleSchema schema;
  private final int rows;
  private volatile int limit;
  private final long rowBytes;
  private final ArrayDeque<PendingBatch> full = new ArrayDeque<>();
  private final ArrayDeque<PendingBatch> free = new ArrayDeque<>();
  private PendingBatch open;

  /**
   * An empty queue.
   *
   * @param schema of the level's samples
   * @param rows of one batch
   * @param limit full batches it holds at most
   */
  LevelQueue(SampleSchema schema, int rows, int limit) {
    this.schema = schema;
    this.rows = rows;
    this.limit = limit;
    this.rowBytes = rowBytes(schema);
    this.open = fresh();
  }

  /** A step is going to draw so many batches at once: there must be room for them. */
  void expect(int batches) {
    limit = Math.max(limit, batches + 1);
  }

  /** Whether one more row may be decoded. */
  boolean hasRoom() {
    return full.size() < limit;
  }

  /**
   * Whether it may not take what its bound has no room for either.
   *
   * @param shareKnown whether the bound was set by the share of the levels: then twice the bound is
   *     far beyond chance; else memory decides
   */
  boolean isOverdrawn(boolean shareKnown) {
    return full.size() >= 2 * limit
        && (shareKnown || (long) full.size() * rows * rowBytes >= MOST_BYTES);
  }

  PendingBatch open() {
    return open;
  }

  /** Notes the row just committed to the open batch; true when that filled it. */
  boolean committed(
      int lane, long offset, int index, long eventTime, long nowNanos, @Nullable Origin origin) {
    open.noteRow(lane, offset, index, eventTime, nowNanos, origin);
    if (open.batch().isFull()) {
      full.add(open);
      open = fresh();
      return true;
    }
    return false;
  }

  /**
   * Whether so many batches can be drawn.
   *
   * @param batches how many
   * @param partialSinceNanos a partial batch counts when its first row came no later than this
   * @param anyPartial a partial batch counts whatever its age
   */
  boolean isReady(int batches, long partialSinceNanos, boolean anyPartial) {
    int missing = batches - full.size();
    if (missing <= 0) {
      return true;
    }
    return missing == 1
        && open.batch().size() > 0
        && (anyPartial || open.sinceNanos() - partialSinceNanos <= 0);
  }

  boolean hasPartial() {
    return open.batch().size() > 0;
  }

  /** When the first row of the partial batch arrived; only when there is one. */
  long partialSinceNanos() {
    return open.sinceNanos();
  }

  int rowsWaiting() {
    return full.size() * rows + open.batch().size();
  }

  /** Rows of as many full batches as it holds. */
  int mostRows() {
    return limit * rows;
  }

  /** Takes the oldest batch, the open one when no full one is left. */
  PendingBatch draw() {
    PendingBatch drawn = full.poll();
    if (drawn == null) {
      drawn = open;
      open = fresh();
    }
    return drawn;
  }

  /** Whether all rows that wait can be shared out over so many batches, at least one to each. */
  boolean canShareOut(int batches) {
    return batches > 1 && rowsWaiting() >= batches;
  }

  /** Takes all rows that wait as so many batches of about equal length, in order. */
  void shareOut(int batches, List<PendingBatch> out) {
    int left = rowsWaiting();
    PendingBatch from = draw();
    int at = 0;
    for (int b = batches; b > 0; b--) {
      PendingBatch into = fresh();
      int wanted = (left + b - 1) / b;
      left -= wanted;
      while (wanted > 0) {
        if (at == from.batch().size()) {
          recycle(from);
          from = draw();
          at = 0;
        }
        int count = Math.min(wanted, from.batch().size() - at);
        into.take(from, at, count);
        at += count;
        wanted -= count;
      }
      out.add(into);
    }
    recycle(from);
  }

  void recycle(PendingBatch used) {
    used.clear();
    free.push(used);
  }

  /** Moves positions back to the first row that still waits in each lane. */
  void rewind(Position[] positions) {
    open.rewind(positions);
    for (Iterator<PendingBatch> i = full.descendingIterator(); i.hasNext(); ) {
      i.next().rewind(positions);
    }
  }

  private PendingBatch fresh() {
    PendingBatch recycled = free.poll();
    return recycled != null ? recycled : new PendingBatch(new Batch(schema, rows));
  }

  private static long rowBytes(SampleSchema schema) {
    long entries = 0;
    for (Field field : schema.fields()) {
      boolean compressed = schema.sparse() && field.kind() == Field.Kind.FEATURES;
      entries += compressed ? SPARSE_ENTRIES : field.width();
    }
    return Double.BYTES * entries;
  }
}
