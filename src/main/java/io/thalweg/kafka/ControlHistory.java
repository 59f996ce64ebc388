package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.Controls;
import io.thalweg.wire.CommandCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The commands that a control topic still holds, with what came of them; blocks while it reads. */
public final class ControlHistory {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE = Duration.ofSeconds(5);

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
    Topics.require(kafka, List.of(topic));
    TopicPartition lane = new TopicPartition(topic, 0);
    Map<Long, Entry> newest =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Entry> eldest) {
            return size() > limit;
          }
        };
    KafkaConsumer<byte[], byte[]> consumer = null;
    try {
      consumer = new KafkaConsumer<>(kafka.consumer(job + "-history"));
      consumer.assign(List.of(lane));
      long end = consumer.endOffsets(List.of(lane)).getOrDefault(lane, 0L);
      consumer.seekToBeginning(List.of(lane));
      while (consumer.position(lane) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record, job, newest);
        }
      }
      return new ArrayList<>(newest.values());
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic);
    } finally {
      if (consumer != null) {
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    }
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, String job, Map<Long, Entry> newest) {
    Controls.Outcome outcome = ControlClient.outcome(record, job);
    if (outcome != null) {
      newest.computeIfPresent(
          outcome.offset(),
          (offset, asked) -> new Entry(offset, asked.timeMillis(), asked.text(), outcome));
    } else if (record.headers().lastHeader(CommandCodec.HEADER) != null
        && Arrays.equals(record.key(), job.getBytes(UTF_8))) {
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
