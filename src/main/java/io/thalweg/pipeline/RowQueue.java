package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.stream.Position;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Accepted rows of one lane and level with their addresses, first in, first out. */
final class RowQueue {
  private static final int CHUNK = 512;

  private final SampleSchema schema;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private @Nullable Chunk spare;

  RowQueue(SampleSchema schema) {
    this.schema = schema;
  }

  private static final class Chunk {
    private final Batch rows;
    private final long[] offsets = new long[CHUNK];
    private final int[] indexes = new int[CHUNK];
    private int next;

    Chunk(SampleSchema schema) {
      rows = new Batch(schema, CHUNK);
    }
  }

  /** Where the next row is to be decoded to. */
  Batch open() {
    Chunk last = chunks.peekLast();
    if (last == null || last.rows.isFull()) {
      last = spare != null ? spare : new Chunk(schema);
      spare = null;
      chunks.add(last);
    }
    return last.rows;
  }

  /** Notes the address of the row just committed to {@link #open()}. */
  void committed(long offset, int index) {
    Chunk last = chunks.getLast();
    last.offsets[last.rows.size() - 1] = offset;
    last.indexes[last.rows.size() - 1] = index;
  }

  boolean isEmpty() {
    Chunk first = chunks.peekFirst();
    return first == null || first.next == first.rows.size();
  }

  /** Whether the oldest row lies before a place. */
  boolean isBefore(Position place) {
    Chunk first = chunks.getFirst();
    return new Position(first.offsets[first.next], first.indexes[first.next]).compareTo(place) < 0;
  }

  void moveTo(Batch batch) {
    Chunk first = chunks.getFirst();
    batch.appendRow(first.rows, first.next);
    drop();
  }

  void drop() {
    Chunk first = chunks.getFirst();
    first.next++;
    if (first.next == CHUNK) {
      chunks.removeFirst();
      first.rows.clear();
      first.next = 0;
      spare = first;
    }
  }

  /** Takes back the row just committed to {@link #open()}. */
  void takeBack() {
    chunks.getLast().rows.dropLastRow();
  }
}
