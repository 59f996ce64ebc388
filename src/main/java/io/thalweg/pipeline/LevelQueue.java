package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.stream.Position;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * The batches of one level between decoding and their step: a bounded number of full ones and the
 * one being filled. Batches are recycled, so the memory is the bound and not the backlog.
 */
final class LevelQueue {
  private static final int FOREIGN = 50;

  private final SampleSchema schema;
  private final int rows;
  private final int limit;
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
    this.open = fresh();
  }

  /** Whether one more row may be decoded. */
  boolean hasRoom() {
    return full.size() < limit;
  }

  /** Whether it holds twice its bound, or far more than that of what came on another's topic. */
  boolean isOverdrawn(boolean foreign) {
    return full.size() >= (foreign ? FOREIGN : 2) * limit;
  }

  PendingBatch open() {
    return open;
  }

  /** Notes the row just committed to the open batch; true when that filled it. */
  boolean committed(int lane, long offset, int index, long nowNanos) {
    open.noteRow(lane, offset, index, nowNanos);
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

  int rowsWaiting() {
    return full.size() * rows + open.batch().size();
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
}
