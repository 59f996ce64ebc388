package io.thalweg.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the lanes of a subscription are, noted for whoever asks. The places come from what polls
 * have brought: to ask the client for them costs more than a poll has, and may wait for a broker.
 */
final class LaneView {
  private static final Logger LOG = LoggerFactory.getLogger(LaneView.class);
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private final int[] mine;
  private final TopicPartition[] partitions;
  private final AtomicLongArray lag;
  private final AtomicLongArray next;

  /** Per lane of the subscription, the offset behind what polls have brought. */
  private final long[] fetched;

  /**
   * A view.
   *
   * @param mine numbers of the lanes of the subscription in the source
   * @param partitions the same lanes
   * @param start per lane of the source, the offset to begin with
   * @param lag per lane of the source, where to note how many records are still to be handed over
   * @param next per lane of the source, where to note which record is handed over next
   */
  LaneView(
      int[] mine,
      TopicPartition[] partitions,
      long[] start,
      AtomicLongArray lag,
      AtomicLongArray next) {
    this.mine = mine;
    this.partitions = partitions;
    this.lag = lag;
    this.next = next;
    this.fetched = new long[mine.length];
    for (int i = 0; i < mine.length; i++) {
      fetched[i] = start[mine[i]];
    }
  }

  /** Takes up how far a poll has come; i counts the lanes of the subscription. */
  void polled(int i, ConsumerRecords<byte[], byte[]> records) {
    OffsetAndMetadata behind = records.nextOffsets().get(partitions[i]);
    if (behind != null) { // behind markers of transactions too
      fetched[i] = behind.offset();
    } else { // what an interceptor of the user's made knows of its records alone
      List<ConsumerRecord<byte[], byte[]>> part = records.records(partitions[i]);
      fetched[i] = part.isEmpty() ? fetched[i] : part.get(part.size() - 1).offset() + 1;
    }
  }

  /** Takes up a place that was sought. */
  void sought(TopicPartition partition, long offset) {
    for (int i = 0; i < partitions.length; i++) {
      if (partitions[i].equals(partition)) {
        fetched[i] = offset;
      }
    }
  }

  /** Notes a lane of which everything that was fetched is handed over up to an offset. */
  void handed(int i, long offset) {
    next.set(mine[i], offset);
  }

  /** Notes how many records of a lane are not fetched yet, as of the last poll. */
  void behind(int i, Consumer<byte[], byte[]> consumer) {
    OptionalLong behind = consumer.currentLag(partitions[i]);
    if (behind.isPresent()) {
      lag.set(mine[i], behind.getAsLong());
    }
  }

  /** The same of a lane of which some records may be held back. */
  void behind(int i, Consumer<byte[], byte[]> consumer, TimeOrder by) {
    long at = by.held(i) > 0 ? by.firstHeld(i) : fetched[i];
    next.set(mine[i], at);
    OptionalLong behind = consumer.currentLag(partitions[i]);
    if (behind.isPresent()) {
      lag.set(mine[i], behind.getAsLong() + fetched[i] - at);
    }
  }

  /** What comes in while nothing is fetched: a client knows the end of a log from its fetches. */
  void measure(Consumer<byte[], byte[]> consumer, @Nullable TimeOrder by) {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), WITHIN);
      for (int i = 0; i < mine.length; i++) {
        Long end = ends.get(partitions[i]);
        if (end != null) {
          long at = by != null && by.held(i) > 0 ? by.firstHeld(i) : fetched[i];
          lag.set(mine[i], Math.max(0, end - at));
          next.set(mine[i], at);
        }
      }
    } catch (KafkaException unknown) {
      LOG.debug("the ends of the logs are not known: {}", unknown.getMessage());
    }
  }
}
