package io.thalweg.kafka;

import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a record that is damaged in its log from one that was damaged on its way: a flipped bit is
 * there at every fetch, a bad cable is not. Used by one thread.
 */
final class DamagedRecords {
  /** What to say of one that is stepped over. */
  static final String REASON = "the record is damaged in the log (checksum)";

  /** They are fetched so often before they are believed to be damaged. */
  static final int FETCHES = 3;

  private @Nullable TopicPartition at;
  private int fetches;

  /** Notes that a poll went well. */
  void forget() {
    at = null;
  }

  /**
   * Takes up what a poll threw.
   *
   * @param assigned the partitions of the consumer
   * @return the partition whose next record is damaged and must be stepped over; null where it is
   *     to be fetched once more
   * @throws KafkaException the same when it says anything else
   */
  @Nullable TopicPartition believed(Set<TopicPartition> assigned, KafkaException thrown) {
    TopicPartition found = partition(assigned, thrown);
    if (found == null) {
      throw thrown;
    }
    fetches = found.equals(at) ? fetches + 1 : 1;
    at = found;
    if (fetches < FETCHES) {
      return null;
    }
    at = null;
    return found;
  }

  private static @Nullable TopicPartition partition(
      Set<TopicPartition> assigned, KafkaException thrown) {
    String message = String.valueOf(thrown.getMessage());
    boolean damage =
        Failures.causedBy(thrown, CorruptRecordException.class)
            || Failures.causedBy(thrown, RecordDeserializationException.class)
            || message.contains("seek past the record")
            || message.contains("is invalid, cause");
    if (damage) {
      for (TopicPartition partition : assigned) {
        if (message.contains(partition + ".") || message.contains(partition + " ")) {
          return partition;
        }
      }
    }
    return null;
  }
}
