package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one commit on their way: remembers the first failure, which the clients report on
 * a thread of theirs, counts bytes, and sees which offsets the records of one topic got.
 */
final class Outbox {
  private record Failed(String what, String topic, long size, Exception cause) {}

  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Failed> failed = new AtomicReference<>();
  private final String watched;
  private long bytes;
  private long nanos;
  private long first = Long.MAX_VALUE;
  private long last = -1;
  private long count;

  /**
   * Nothing in it yet.
   *
   * @param watched topic of one partition, whose offsets {@link #extend} tells
   */
  Outbox(Producer<byte[], byte[]> producer, String watched) {
    this.producer = producer;
    this.watched = watched;
  }

  /**
   * Hands a record to the client.
   *
   * @param what what it is, for messages
   */
  void send(ProducerRecord<byte[], byte[]> record, String what) {
    check();
    long size = size(record.key()) + size(record.value());
    bytes += size;
    long start = System.nanoTime();
    Future<RecordMetadata> unused =
        producer.send(
            record,
            (metadata, exception) -> {
              if (exception != null) {
                failed.compareAndSet(null, new Failed(what, record.topic(), size, exception));
              } else if (record.topic().equals(watched)) {
                wrote(metadata.offset());
              }
            });
    nanos += System.nanoTime() - start;
    check();
  }

  private synchronized void wrote(long offset) {
    first = Math.min(first, offset);
    last = Math.max(last, offset);
    count++;
  }

  /**
   * The tail with what this commit has written to the watched topic; asked when all is durable.
   *
   * @param markers offsets that its end takes up itself
   */
  synchronized OwnTail extend(OwnTail tail, int markers) {
    return count == 0 ? tail : tail.plus(first, last, count, markers);
  }

  /** Throws when a record failed. */
  void check() {
    Failed f = failed.get();
    if (f != null) {
      throw said(f);
    }
  }

  /** The failure of a record when there was one: what the client throws after it says less. */
  RuntimeException firstFailure(RuntimeException later) {
    Failed f = failed.get();
    return f == null ? later : said(f);
  }

  private static RuntimeException said(Failed f) {
    if (Failures.causedBy(f.cause(), RecordTooLargeException.class)) {
      return new KafkaFailure(
          Category.TOO_LARGE,
          f.what()
              + " has "
              + f.size()
              + " bytes, more than topic "
              + f.topic()
              + " takes ("
              + f.cause().getMessage()
              + "); raise max.message.bytes of the topic and kafka.max.request.size of the job,"
              + " or publish less (fewer features, or more often: the ledger grows with the steps"
              + " between snapshots)",
          f.cause());
    }
    return Failures.of(
        f.cause(), "writing " + f.what() + " to " + f.topic(), MissingRight.write(f.topic()));
  }

  /** Waits until every record is acknowledged, or throws. */
  void flush() {
    long start = System.nanoTime();
    producer.flush();
    nanos += System.nanoTime() - start;
    check();
  }

  /** Time spent in the client so far. */
  long nanos() {
    return nanos;
  }

  long bytes() {
    return bytes;
  }

  private static long size(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }
}
