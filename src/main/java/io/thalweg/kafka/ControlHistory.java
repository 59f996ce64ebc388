package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.Controls;
import io.thalweg.wire.CommandCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands that a control topic still holds, with what came of them; blocks while it reads. */
public final class ControlHistory {
  private static final Logger LOG = LoggerFactory.getLogger(ControlHistory.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** A topic that brings nothing for so long though it has more is not waited for. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private ControlHistory() {}

  /**
   * A command.
   *
   * @param offset of its record
   * @param timeMillis of its record
   * @param text its value, as it stands
   * @param outcome what came of it, null while it is not answered
   */
  public record Entry(
      long offset, long timeMillis, String text, Controls.@Nullable Outcome outcome) {}

  /**
   * Reads the topic.
   *
   * @param kafka settings
   * @param topic the control topic
   * @param job whose commands
   * @param limit how many of the newest, at least 1
   * @return in the order of the topic
   * @throws KafkaFailure when the topic is missing, or no broker answers within 10 seconds
   */
  public static List<Entry> read(KafkaSettings kafka, String topic, String job, int limit) {
    Map<Long, Entry> newest =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Entry> eldest) {
            return size() > limit;
          }
        };
    all(kafka, topic, job, record -> take(record, job, newest));
    return new ArrayList<>(newest.values());
  }

  /**
   * Where a job begins to read that has no checkpoint to say it: commands that an earlier life has
   * answered are not for it, those that were sent while nobody led are.
   *
   * @return offset of the first command after the last one that was answered, or of the end
   * @throws KafkaFailure as {@link #read}
   */
  static long firstUnanswered(KafkaSettings kafka, String topic, String job) {
    ArrayDeque<Long> open = new ArrayDeque<>();
    long end =
        all(
            kafka,
            topic,
            job,
            record -> {
              Controls.Outcome outcome = ControlClient.outcome(record, job);
              if (outcome != null) {
                while (!open.isEmpty() && open.getFirst() <= outcome.offset()) {
                  open.removeFirst();
                }
              } else if (isCommand(record, job)) {
                open.addLast(record.offset());
              }
            });
    return open.isEmpty() ? end : open.getFirst();
  }

  /** Reads what there is; returns its end. */
  private static long all(
      KafkaSettings kafka,
      String topic,
      String job,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Topics.require(kafka, topic, MissingRight.read(topic));
    TopicPartition lane = new TopicPartition(topic, 0);
    KafkaConsumer<byte[], byte[]> consumer = null;
    try {
      consumer = new KafkaConsumer<>(kafka.consumer(job + "-history"));
      consumer.assign(List.of(lane));
      long end = consumer.endOffsets(List.of(lane)).getOrDefault(lane, 0L);
      consumer.seekToBeginning(List.of(lane));
      long at = consumer.position(lane);
      long movedNanos = System.nanoTime();
      DamagedRecords damaged = new DamagedRecords();
      while (at < end) {
        poll(consumer, lane, at, damaged).forEach(each);
        long now = consumer.position(lane);
        if (now > at) {
          at = now;
          movedNanos = System.nanoTime();
        } else if (System.nanoTime() - movedNanos > SILENCE.toNanos()) {
          throw new TimeoutException(
              lane + "@" + at + " was not read within " + SILENCE.toSeconds() + " s");
        }
      }
      return end;
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic, MissingRight.read(topic));
    } finally {
      if (consumer != null) {
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    }
  }

  /** What comes next; a damaged record is said and stepped over. */
  private static ConsumerRecords<byte[], byte[]> poll(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition lane,
      long at,
      DamagedRecords damaged) {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      damaged.forget();
      return records;
    } catch (OffsetOutOfRangeException e) {
      consumer.seekToBeginning(List.of(lane)); // retention has taken the place away meanwhile
    } catch (KafkaException e) {
      if (damaged.believed(consumer.assignment(), e) != null) {
        LOG.warn("{}@{}: {} and is left out", lane, at, DamagedRecords.REASON);
        consumer.seek(lane, at + 1);
      }
    }
    return ConsumerRecords.empty();
  }

  private static boolean isCommand(ConsumerRecord<byte[], byte[]> record, String job) {
    return record.headers().lastHeader(CommandCodec.HEADER) != null
        && Arrays.equals(record.key(), job.getBytes(UTF_8));
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, String job, Map<Long, Entry> newest) {
    Controls.Outcome outcome = ControlClient.outcome(record, job);
    if (outcome != null) {
      newest.computeIfPresent(
          outcome.offset(),
          (offset, asked) -> new Entry(offset, asked.timeMillis(), asked.text(), outcome));
    } else if (isCommand(record, job)) {
      byte[] value = record.value();
      newest.put(
          record.offset(),
          new Entry(
              record.offset(),
              record.timestamp(),
              value == null ? "" : new String(value, UTF_8),
              null));
    }
  }
}
