package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Positions;
import io.thalweg.wire.EncodedCut;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Cuts as Kafka records. */
final class CutRecords {
  /** What is added to the headers of a dead letter begins with this. */
  static final String ERRORS = "__thalweg.errors.";

  /** A value above this is left out of its dead letter, so that it cannot end the job. */
  static final int LONGEST_DEAD_VALUE = 900_000;

  private CutRecords() {}

  /** The snapshot of a cut that has one. */
  static ProducerRecord<byte[], byte[]> snapshot(String topic, String job, EncodedCut cut) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, job.getBytes(UTF_8), cut.snapshot());
    for (Header header : cut.snapshotHeaders()) {
      record.headers().add(header.key(), header.value());
    }
    return record;
  }

  /**
   * The record as it came, byte for byte and with its timestamp, and why it could not be used.
   *
   * @param run which run refused it
   */
  static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter, String run) {
    byte[] value = letter.value();
    boolean tooLong = value != null && value.length > LONGEST_DEAD_VALUE;
    ProducerRecord<byte[], byte[]> record =
        deadLetter(
            topic,
            letter.timestamp() < 0 ? null : letter.timestamp(),
            letter,
            tooLong ? null : value);
    for (Header header : letter.headers()) {
      record.headers().add(header.key(), header.value());
    }
    Headers headers = record.headers();
    add(headers, "topic", letter.lane().topic());
    add(headers, "partition", Integer.toString(letter.lane().partition()));
    add(headers, "offset", Long.toString(letter.position().offset()));
    add(headers, "index", Integer.toString(letter.position().index()));
    add(headers, "reason", letter.reason());
    add(headers, "run", run);
    if (value != null && tooLong) {
      add(headers, "value-left-out", value.length + " bytes");
    }
    return record;
  }

  /** Where a consumer group would go on. */
  static Map<TopicPartition, OffsetAndMetadata> offsets(Positions positions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (int lane = 0; lane < positions.lanes().size(); lane++) {
      offsets.put(
          Topics.partition(positions.lanes().get(lane)),
          new OffsetAndMetadata(positions.resumeOffset(lane)));
    }
    return offsets;
  }

  @SuppressWarnings("NullAway") // the client takes null for no timestamp, no key and no value
  private static ProducerRecord<byte[], byte[]> deadLetter(
      String topic, @Nullable Long timestamp, DeadLetter letter, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, null, timestamp, letter.key(), value);
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(ERRORS + name, value.getBytes(UTF_8));
  }
}
