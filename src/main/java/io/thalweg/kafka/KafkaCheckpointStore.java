package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.CheckpointStore;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.wire.CheckpointCodec;
import io.thalweg.wire.CheckpointFormatException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the last committed checkpoint in a compacted topic, by reading all of it. A sink over the
 * same store must be opened first: that completes or aborts what a former instance left behind, and
 * only then is the end of the topic the truth.
 */
public final class KafkaCheckpointStore implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaCheckpointStore.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** An open transaction of another writer ends within its timeout and ten seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final KafkaSettings kafka;
  private final String job;
  private final String topic;
  private final CheckpointLayout layout;
  private @Nullable Reading reading;

  /**
   * What a reading found.
   *
   * @param checkpoint null when there is none
   */
  record Reading(@Nullable Checkpoint checkpoint) {}

  /**
   * A store; nothing is read yet.
   *
   * @param kafka settings
   * @param job name of the job
   * @param topic the checkpoints topic, of one partition
   */
  public KafkaCheckpointStore(KafkaSettings kafka, String job, String topic) {
    this.kafka = kafka;
    this.job = job;
    this.topic = topic;
    this.layout = new CheckpointLayout(job);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link KafkaFailure} when the topic is missing or has more than one partition,
   * when the newest checkpoint is damaged or of a newer program, and when there is none although
   * the job has run before.
   */
  @Override
  public Mono<Checkpoint> latest() {
    return Mono.fromCallable(this::read)
        .subscribeOn(Schedulers.boundedElastic())
        .mapNotNull(Reading::checkpoint);
  }

  String job() {
    return job;
  }

  String topic() {
    return topic;
  }

  /**
   * Forgets what was read: another writer may have been before us; or it is in the solver by now,
   * and may be large.
   */
  synchronized void forget() {
    reading = null;
  }

  /** What the last reading found; null before it. */
  synchronized @Nullable Reading reading() {
    return reading;
  }

  /** For when it was read in another way. */
  synchronized void found(Reading found) {
    reading = found;
  }

  /** How the records lie, to be used by the thread that writes. */
  CheckpointLayout layout() {
    return layout;
  }

  private synchronized Reading read() {
    reading = null;
    CheckpointReader reader = new CheckpointReader(job, layout);
    try (Admin admin = Topics.open(kafka)) {
      Topics.requireOrdered(admin, kafka, List.of(topic));
      long end = Topics.offsets(admin, kafka, List.of(new Lane(topic, 0)), OffsetSpec.latest())[0];
      readTo(end, reader);
      List<ByteBuffer> newest = reader.newest();
      if (newest == null) {
        checkNeverRun(admin, reader);
      }
      Reading found = new Reading(newest == null ? null : decode(newest, reader.newestOffset()));
      found(found);
      return found;
    }
  }

  /** Reads what is committed up to an offset taken once; waits for transactions before it. */
  private void readTo(long end, CheckpointReader reader) {
    TopicPartition partition = new TopicPartition(topic, 0);
    long until = System.nanoTime() + PATIENCE.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(kafka.consumer(job + "-checkpoints"))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (consumer.position(partition) < end) {
        if (System.nanoTime() > until) {
          throw new KafkaFailure(
              Category.RESTARTABLE,
              "reading "
                  + partition
                  + " stopped at offset "
                  + consumer.position(partition)
                  + " before its end at "
                  + end
                  + " for "
                  + PATIENCE.toSeconds()
                  + " s: a transaction of another writer is open, or the broker is slow");
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          reader.take(record.offset(), record.key(), record.value());
        }
      }
    } catch (RuntimeException e) {
      throw Failures.of(
          e, "reading the checkpoints of job " + job + " in " + topic, MissingRight.read(topic));
    }
    String complaint = reader.complaint();
    if (complaint != null && reader.newest() != null) {
      LOG.warn("{}: {}; an earlier whole checkpoint is used", topic, complaint);
    }
  }

  private Checkpoint decode(List<ByteBuffer> pieces, long offset) {
    try {
      return CheckpointCodec.decode(pieces);
    } catch (CheckpointFormatException e) {
      throw new KafkaFailure(Category.DATA_LOSS, topic + "-0@" + offset + ": " + e.getMessage(), e);
    }
  }

  /** No checkpoint is right at a first start only. */
  private void checkNeverRun(Admin admin, CheckpointReader reader) {
    String complaint = reader.complaint();
    if (complaint != null) {
      throw new KafkaFailure(
          Category.DATA_LOSS,
          "no whole checkpoint of job " + job + " in " + topic + ": " + complaint);
    }
    Map<TopicPartition, ?> offsets =
        committed(job, admin.listConsumerGroupOffsets(job).partitionsToOffsetAndMetadata());
    if (!offsets.isEmpty()) {
      throw new KafkaFailure(
          Category.DATA_LOSS,
          "topic "
              + topic
              + " holds no checkpoint of job "
              + job
              + ", but the job has run before: its group has committed offsets "
              + offsets.keySet()
              + ". The topic was deleted or emptied. To begin anew, give the job another name, or"
              + " delete the consumer group "
              + job);
    }
  }

  /**
   * The offsets of the job's group. Without an answer nobody knows whether the job has run before,
   * and to begin anew by mistake would use versions again: so this fails.
   */
  static Map<TopicPartition, ?> committed(
      String job, Future<Map<TopicPartition, OffsetAndMetadata>> answer) {
    String doing = "asking whether job " + job + " has run before";
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaFailure(Category.RESTARTABLE, doing + " was interrupted", e);
    } catch (ExecutionException e) {
      if (Failures.causedBy(e, GroupIdNotFoundException.class)) {
        return Map.of();
      }
      throw Failures.ofCommit(e, doing);
    }
  }
}
