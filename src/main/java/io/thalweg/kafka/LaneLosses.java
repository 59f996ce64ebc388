package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Lane;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Samples that cannot be read: where that may be, they are reported and stepped over; else reading
 * ends with what is gone and what to do.
 */
final class LaneLosses {
  private final SourceOptions options;

  LaneLosses(SourceOptions options) {
    this.options = options;
  }

  /**
   * Goes on within the log.
   *
   * @param wanted the offset that is outside of it
   * @return the offset that is read next
   */
  long outOfRange(
      Consumer<byte[], byte[]> consumer, TopicPartition at, long wanted, Exception cause) {
    long first = consumer.beginningOffsets(Set.of(at)).getOrDefault(at, 0L);
    long end = consumer.endOffsets(Set.of(at)).getOrDefault(at, 0L);
    String reason = outOfRange(wanted, first, end);
    return lose(consumer, at, wanted, wanted < first ? first : end, reason, cause);
  }

  /** Goes on behind a damaged record, and returns the offset that is read next. */
  long damaged(Consumer<byte[], byte[]> consumer, TopicPartition at, Exception cause) {
    long wanted = consumer.position(at);
    return lose(consumer, at, wanted, wanted + 1, DamagedRecords.REASON, cause);
  }

  /** What to say of an offset outside of the log. */
  static String outOfRange(long wanted, long first, long end) {
    return wanted < first
        ? "the record to read next is gone, the earliest left is "
            + first
            + ": "
            + (first - wanted)
            + " records were removed before they were read (retention.ms, retention.bytes or"
            + " delete-records)"
        : "the log ends at "
            + end
            + ", before the record to read next: it was truncated or the topic was made anew";
  }

  private long lose(
      Consumer<byte[], byte[]> consumer,
      TopicPartition at,
      long wanted,
      long resumed,
      String reason,
      Exception cause) {
    if (!options.continueOnDataLoss()) {
      throw new KafkaFailure(
          Category.DATA_LOSS,
          at
              + "@"
              + wanted
              + ": "
              + reason
              + "; to go on nevertheless, with the loss reported: on-data-loss: continue",
          cause);
    }
    Lane lane = new Lane(at.topic(), at.partition());
    options
        .onDataLoss()
        .accept(new DataLoss(lane, wanted, resumed, Math.max(0, resumed - wanted), reason));
    consumer.seek(at, resumed);
    return resumed;
  }
}
