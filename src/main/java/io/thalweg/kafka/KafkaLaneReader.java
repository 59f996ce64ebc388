package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.LaneReader;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Topics once more, one partition at a time, as a replay asks for them. All partitions but the one
 * asked for are paused; what was fetched of them stays in the client.
 */
public final class KafkaLaneReader implements LaneReader, AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  /** A broker that is silent this long at a place before the end of the log has gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Lane> lanes;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private int open = -1;

  private KafkaLaneReader(List<Lane> lanes, KafkaConsumer<byte[], byte[]> consumer) {
    this.lanes = lanes;
    this.consumer = consumer;
    for (Lane lane : lanes) {
      partitions.add(Topics.partition(lane));
    }
    consumer.assign(partitions);
    consumer.pause(partitions);
  }

  /**
   * Looks the topics up.
   *
   * @param kafka settings
   * @param topics the topics to read, each once
   * @return a reader over all their partitions, to be told where to begin
   * @throws KafkaFailure when a topic is missing, or no broker answers within 10 seconds
   */
  public static KafkaLaneReader connect(KafkaSettings kafka, Collection<String> topics) {
    List<Lane> lanes = List.copyOf(Topics.lanes(Topics.require(kafka, topics).values()));
    try {
      return new KafkaLaneReader(lanes, new KafkaConsumer<>(kafka.consumer("thalweg-replay")));
    } catch (KafkaException e) {
      throw Failures.of(e, "connecting to " + kafka.bootstrapServers());
    }
  }

  @Override
  public List<Lane> lanes() {
    return lanes;
  }

  @Override
  public void seek(Positions positions) {
    for (int lane = 0; lane < partitions.size(); lane++) {
      consumer.seek(partitions.get(lane), positions.resumeOffset(lane));
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws KafkaFailure of category {@code DATA_LOSS} when the next record is gone
   */
  @Override
  public RecordBatch next(int lane) {
    TopicPartition partition = partitions.get(lane);
    if (open != lane) {
      if (open >= 0) {
        consumer.pause(List.of(partitions.get(open)));
      }
      consumer.resume(List.of(partition));
      open = lane;
    }
    try {
      ConsumerRecords<byte[], byte[]> records = poll(partition);
      return records.isEmpty()
          ? new PolledBatch(List.of(), new int[0])
          : new PolledBatch(List.of(records.records(partition)), new int[] {lane});
    } catch (OffsetOutOfRangeException e) {
      long wanted = e.offsetOutOfRangePartitions().getOrDefault(partition, 0L);
      long first = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      throw new KafkaFailure(
          Category.DATA_LOSS,
          partition + "@" + wanted + ": " + LaneLosses.outOfRange(wanted, first, end),
          e);
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + partition, MissingRight.read(partition.topic()));
    }
  }

  private ConsumerRecords<byte[], byte[]> poll(TopicPartition partition) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (records.isEmpty() && isBeforeEnd(partition)) {
      if (System.nanoTime() > until) {
        throw new KafkaFailure(
            Category.UNREACHABLE,
            "nothing came from "
                + partition
                + "@"
                + consumer.position(partition)
                + " for "
                + PATIENCE.toSeconds()
                + " s, although the log goes on");
      }
      records = consumer.poll(POLL);
    }
    return records;
  }

  private boolean isBeforeEnd(TopicPartition partition) {
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    return consumer.position(partition) < end;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
  }
}
