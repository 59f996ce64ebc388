package io.thalweg.kafka;

import io.thalweg.stream.Header;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one poll brought, as it lies in the client's lists. Reading in ascending order costs one
 * comparison per call; any other order is right too, but searches.
 */
final class PolledBatch implements RecordBatch {
  private final List<List<ConsumerRecord<byte[], byte[]>>> parts;
  private final int[] lanes;
  private final int[] ends;
  private int part;

  /**
   * A view.
   *
   * @param parts records by partition, none of them empty
   * @param lanes number of the lane of each part
   */
  PolledBatch(List<List<ConsumerRecord<byte[], byte[]>>> parts, int[] lanes) {
    this.parts = parts;
    this.lanes = lanes;
    this.ends = new int[parts.size()];
    int end = 0;
    for (int p = 0; p < ends.length; p++) {
      end += parts.get(p).size();
      ends[p] = end;
    }
  }

  @Override
  public int size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public int lane(int i) {
    seek(i);
    return lanes[part];
  }

  @Override
  public long offset(int i) {
    return record(i).offset();
  }

  @Override
  public long timestamp(int i) {
    return record(i).timestamp();
  }

  @Override
  public byte @Nullable [] key(int i) {
    return record(i).key();
  }

  @Override
  public byte @Nullable [] value(int i) {
    return record(i).value();
  }

  @Override
  public List<Header> headers(int i) {
    org.apache.kafka.common.header.Header[] found = record(i).headers().toArray();
    if (found.length == 0) {
      return List.of();
    }
    List<Header> headers = new ArrayList<>(found.length);
    for (org.apache.kafka.common.header.Header header : found) {
      byte[] value = header.value();
      headers.add(new Header(header.key(), value == null ? new byte[0] : value));
    }
    return headers;
  }

  private ConsumerRecord<byte[], byte[]> record(int i) {
    seek(i);
    return parts.get(part).get(i - start());
  }

  private int start() {
    return part == 0 ? 0 : ends[part - 1];
  }

  private void seek(int i) {
    if (i < 0 || i >= size()) {
      throw new IndexOutOfBoundsException("record " + i + " of " + size());
    }
    if (i < start()) {
      part = 0;
    }
    while (i >= ends[part]) {
      part++;
    }
  }
}
