package io.thalweg.kafka;

import io.thalweg.stream.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed snapshots of one job, in order, for as long as one likes. Used by one thread,
 * which it blocks.
 */
public final class SnapshotReader implements AutoCloseable {
  /** How far before the end the newest snapshot is looked for first. */
  private static final long STEP_BACK = 8;

  private static final Duration POLL = Duration.ofMillis(200);

  private final String topic;
  private final byte[] key;
  private final TopicPartition lane;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();

  /**
   * One record.
   *
   * @param offset its place in the topic
   * @param value its bytes
   * @param headers its headers
   */
  public record Entry(long offset, byte[] value, List<Header> headers) {}

  /**
   * Connects; reading begins where one of the two {@code from} methods says.
   *
   * @param kafka settings
   * @param topic the snapshot topic, of one partition
   * @param job the key of the wanted records
   * @throws KafkaFailure when the topic is missing, or no broker answers within 10 seconds
   */
  public SnapshotReader(KafkaSettings kafka, String topic, String job) {
    Topics.require(kafka, Set.of(topic));
    this.topic = topic;
    this.key = job.getBytes(StandardCharsets.UTF_8);
    this.lane = new TopicPartition(topic, 0);
    try {
      this.consumer = new KafkaConsumer<>(kafka.consumer(job + "-snapshots"));
    } catch (KafkaException e) {
      throw Failures.of(e, "connecting to " + kafka.bootstrapServers());
    }
    consumer.assign(List.of(lane));
  }

  /** Begins with the oldest snapshot there is. */
  public void fromBeginning() {
    waiting.clear();
    run(() -> consumer.seekToBeginning(List.of(lane)));
  }

  /**
   * Begins with one of the newest snapshots: the last record of a log may be the marker of a
   * transaction or another job's, so the place is searched backwards from the end.
   */
  public void fromRecent() {
    run(
        () -> {
          long first = beginning();
          long end = end();
          long back = STEP_BACK;
          long from;
          do {
            from = Math.max(first, end - back);
            back = Math.multiplyExact(back, STEP_BACK);
            waiting.clear();
            consumer.seek(lane, from);
            while (consumer.position(lane) < end) {
              fetch(POLL);
            }
          } while (waiting.isEmpty() && from > first);
        });
  }

  /**
   * The next snapshots.
   *
   * @param limit how long to wait for the first
   * @return at least one in the order of the topic, or none when the time is over
   */
  public List<Entry> poll(Duration limit) {
    if (waiting.isEmpty()) {
      run(() -> fetch(limit));
    }
    List<Entry> taken = new ArrayList<>(waiting);
    waiting.clear();
    return taken;
  }

  /**
   * The next snapshots before some offset.
   *
   * @param end where to stop, by custom {@link #end()} as it was at some moment
   * @return at least one in the order of the topic, or none when the end is reached
   */
  public List<Entry> next(long end) {
    run(
        () -> {
          while (waiting.isEmpty() && consumer.position(lane) < end) {
            fetch(POLL);
          }
        });
    List<Entry> taken = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().offset() < end) {
      taken.add(waiting.remove());
    }
    return taken;
  }

  private void fetch(Duration limit) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(limit);
    } catch (OffsetOutOfRangeException e) {
      consumer.seek(lane, beginning()); // compaction and retention took the place away meanwhile
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] value = record.value();
      if (value != null && Arrays.equals(record.key(), key)) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(h -> headers.add(new Header(h.key(), h.value())));
        waiting.add(new Entry(record.offset(), value, headers));
      }
    }
  }

  private long beginning() {
    Long offset = consumer.beginningOffsets(List.of(lane)).get(lane);
    return offset == null ? 0 : offset;
  }

  /**
   * The end of what is committed, as it is now.
   *
   * @return the offset after the last record
   */
  public long end() {
    try {
      Long offset = consumer.endOffsets(List.of(lane)).get(lane);
      return offset == null ? 0 : offset;
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic);
    }
  }

  private void run(Runnable reading) {
    try {
      reading.run();
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic);
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
  }
}
