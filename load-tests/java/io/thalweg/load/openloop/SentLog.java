package io.thalweg.load.openloop;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * When each record was due and when it was acknowledged, by its place in the topic. Written by the
 * producer's thread alone, read when that has ended; the counts may be read at any time.
 */
final class SentLog {
  private final Map<TopicPartition, Lane> lanes =
      new TreeMap<>(
          Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));

  /** Per partition the offset after the last record that counts. */
  private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** One partition; index is the offset, and due 0 where nothing is known of a record. */
  static final class Lane {
    private long[] due = new long[1 << 16];
    private int[] ack = new int[1 << 16];
    private int size;

    private void put(long offset, long dueMicros, long ackMicros) {
      int at = Math.toIntExact(offset);
      if (at >= due.length) {
        due = Arrays.copyOf(due, Math.max(at + 1, 2 * due.length));
        ack = Arrays.copyOf(ack, due.length);
      }
      due[at] = dueMicros;
      ack[at] = (int) Math.min(Integer.MAX_VALUE, Math.max(0, ackMicros));
      size = Math.max(size, at + 1);
    }

    /** Offset after the last record. */
    int size() {
      return size;
    }

    /** When the record was to be sent. */
    long due(int offset) {
      return due[offset];
    }

    /** Microseconds from then to its acknowledgement. */
    int ack(int offset) {
      return ack[offset];
    }
  }

  void acknowledged(TopicPartition lane, long offset, long dueMicros, long nowMicros) {
    lanes.computeIfAbsent(lane, k -> new Lane()).put(offset, dueMicros, nowMicros - dueMicros);
    ends.merge(lane, offset + 1, Math::max);
    acknowledged.incrementAndGet();
  }

  void failed() {
    failed.incrementAndGet();
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Records of a topic that snapshots do not cover.
   *
   * @param covered per partition the first record that is not
   */
  long open(String topic, Map<TopicPartition, Long> covered) {
    long open = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (end.getKey().topic().equals(topic)) {
        open += Math.max(0, end.getValue() - covered.getOrDefault(end.getKey(), 0L));
      }
    }
    return open;
  }

  long failures() {
    return failed.get();
  }

  Map<TopicPartition, Lane> lanes() {
    return lanes;
  }
}
