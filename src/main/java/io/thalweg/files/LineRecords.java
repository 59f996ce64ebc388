package io.thalweg.files;

import io.thalweg.stream.Header;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some lines of one file. */
final class LineRecords implements RecordBatch {
  private final int lane;
  private final List<Header> headers;
  private final byte[][] values;
  private final long[] offsets;
  private int size;

  LineRecords(int lane, List<Header> headers, int capacity) {
    this.lane = lane;
    this.headers = headers;
    this.values = new byte[capacity][];
    this.offsets = new long[capacity];
  }

  void add(long offset, byte[] value) {
    values[size] = value;
    offsets[size++] = offset;
  }

  boolean isFull() {
    return size == values.length;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int lane(int i) {
    return lane;
  }

  @Override
  public long offset(int i) {
    return offsets[i];
  }

  @Override
  public long timestamp(int i) {
    return -1;
  }

  @Override
  public byte @Nullable [] key(int i) {
    return null;
  }

  @Override
  public byte[] value(int i) {
    return values[i];
  }

  @Override
  public List<Header> headers(int i) {
    return headers;
  }
}
