package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Event;
import io.thalweg.stream.Header;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.EncodedCut;
import io.thalweg.wire.EventCodec;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotPart;
import java.util.HashMap;
import java.util.List;
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

  /**
   * Bytes of a dead letter's key, headers and value together. What does not fit is left out and
   * noted, so that a record with a bad sample cannot end the job.
   */
  static final int LARGEST_DEAD_LETTER = 900_000;

  /** Characters of a reason. */
  static final int LONGEST_REASON = 8_000;

  /** Bytes of a header beside its key and value, at most. */
  private static final int HEADER_FRAME = 10;

  private CutRecords() {}

  /** A record of a keyframe. */
  static ProducerRecord<byte[], byte[]> part(String topic, String job, SnapshotPart part) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, (job + part.key()).getBytes(UTF_8), part.value());
    for (Header header : part.headers()) {
      record.headers().add(header.key(), header.value());
    }
    return record;
  }

  /** The snapshot of a cut that has one. */
  static ProducerRecord<byte[], byte[]> snapshot(String topic, String job, EncodedCut cut) {
    return record(topic, job, cut.snapshot(), cut.snapshotHeaders());
  }

  /** The snapshot of a cut that has one, under the key of an alias. */
  static ProducerRecord<byte[], byte[]> alias(
      String topic, String job, SnapshotAlias alias, EncodedCut cut) {
    return alias(topic, job, alias, cut.snapshot(), cut.snapshotHeaders());
  }

  /** What an alias points to from here on; nothing when there is no value. */
  static ProducerRecord<byte[], byte[]> alias(
      String topic,
      String job,
      SnapshotAlias alias,
      byte @Nullable [] value,
      List<Header> headers) {
    return record(topic, alias.key(job), value, alias.headers(headers));
  }

  @SuppressWarnings("NullAway") // a record without a value is a null value to the client
  private static ProducerRecord<byte[], byte[]> record(
      String topic, String key, byte @Nullable [] value, List<Header> headers) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
    for (Header header : headers) {
      record.headers().add(header.key(), header.value());
    }
    return record;
  }

  /** One of the events of a snapshot, for the control topic. */
  static ProducerRecord<byte[], byte[]> event(String topic, Snapshot snapshot, int number) {
    Event event = snapshot.events().get(number);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, 0, snapshot.job().getBytes(UTF_8), EventCodec.encode(snapshot, event));
    for (Header header : EventCodec.headers(snapshot, event, number)) {
      record.headers().add(header.key(), header.value());
    }
    return record;
  }

  /**
   * The record as it came, byte for byte and with its timestamp, and why it could not be used. If
   * it is too large, its value goes first, its headers next and its key last into what room there
   * is.
   *
   * @param run which run refused it
   */
  static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter, String run) {
    long room = LARGEST_DEAD_LETTER;
    boolean keepsValue = size(letter.value()) <= room;
    room -= keepsValue ? size(letter.value()) : 0;
    boolean keepsHeaders = size(letter.headers()) <= room;
    room -= keepsHeaders ? size(letter.headers()) : 0;
    boolean keepsKey = size(letter.key()) <= room;
    ProducerRecord<byte[], byte[]> record =
        deadLetter(
            topic,
            letter.timestamp() < 0 ? null : letter.timestamp(),
            keepsKey ? letter.key() : null,
            keepsValue ? letter.value() : null);
    if (keepsHeaders) {
      for (Header header : letter.headers()) {
        record.headers().add(header.key(), header.value());
      }
    }
    Headers headers = record.headers();
    add(headers, "topic", letter.lane().topic());
    add(headers, "partition", Integer.toString(letter.lane().partition()));
    add(headers, "offset", Long.toString(letter.position().offset()));
    add(headers, "index", Integer.toString(letter.position().index()));
    add(headers, "reason", shortened(letter.reason()));
    add(headers, "run", run);
    if (!keepsValue) {
      add(headers, "value-left-out", size(letter.value()) + " bytes");
    }
    if (!keepsHeaders) {
      add(
          headers,
          "headers-left-out",
          letter.headers().size() + " headers of " + size(letter.headers()) + " bytes");
    }
    if (!keepsKey) {
      add(headers, "key-left-out", size(letter.key()) + " bytes");
    }
    return record;
  }

  /** Bytes of the record in a dead letter. */
  static long size(DeadLetter letter) {
    return size(letter.key()) + size(letter.headers()) + size(letter.value());
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
      String topic, @Nullable Long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, null, timestamp, key, value);
  }

  private static long size(List<Header> headers) {
    long bytes = 0;
    for (Header header : headers) {
      bytes += HEADER_FRAME + header.key().getBytes(UTF_8).length + size(header.value());
    }
    return bytes;
  }

  private static long size(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }

  private static String shortened(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(ERRORS + name, value.getBytes(UTF_8));
  }
}
