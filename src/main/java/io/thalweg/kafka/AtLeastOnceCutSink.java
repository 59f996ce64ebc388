package io.thalweg.kafka;

import io.thalweg.pipeline.CommitListener;
import io.thalweg.pipeline.CutSink;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Positions;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import reactor.core.publisher.Mono;

/**
 * Without transactions: snapshots and dead letters are acknowledged first, then the checkpoint is
 * written, and the checkpoint alone is the truth. After a crash between the two the same versions
 * come again, not always with the same content, in a later epoch: each life writes its epoch down
 * before its first snapshot, so a reader keeps of each version the one of the highest epoch. Lower
 * latency; nothing keeps a second writer out but the election, so an instance that slept through
 * the loss of its lead may still write before it notices. Its checkpoints, of an earlier epoch, are
 * passed over.
 */
public final class AtLeastOnceCutSink implements CutSink, AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final Admin admin;
  private final OffsetNotes notes;
  private final String job;
  private final CutWriter writer;
  private final CommitLoop loop;
  private final Runnable unwatch;

  private AtLeastOnceCutSink(
      KafkaSettings kafka,
      Producer<byte[], byte[]> producer,
      Admin admin,
      String job,
      CutWriter writer) {
    this.producer = producer;
    this.admin = admin;
    this.notes = new OffsetNotes(admin, job);
    this.job = job;
    this.writer = writer;
    this.unwatch = kafka.watch().opened(producer);
    this.loop = new CommitLoop("thalweg-commit", cuts -> writer.commit(cuts, new TwoFlushes()));
  }

  /**
   * Connects.
   *
   * @param kafka settings
   * @param topics where to write
   * @param store where the checkpoint is then to be read
   * @param codec how snapshots are written
   * @return a sink that takes cuts once the checkpoint is read
   * @throws KafkaFailure when a topic is missing, no broker answers or it refuses us
   */
  public static AtLeastOnceCutSink open(
      KafkaSettings kafka, SinkTopics topics, KafkaCheckpointStore store, SnapshotCodec codec) {
    return open(kafka, topics, store, codec, Publishing.UNKNOWN);
  }

  /**
   * The same for a job of which it is known how large its records are.
   *
   * @param given settings
   * @param topics where to write
   * @param store where the checkpoint is then to be read
   * @param codec how snapshots are written
   * @param publishing how long the vectors are, and how long ones are written
   * @return a sink that takes cuts once the checkpoint is read
   * @throws KafkaFailure when a topic is missing or takes no records as large as the job's, no
   *     broker answers or it refuses us
   */
  public static AtLeastOnceCutSink open(
      KafkaSettings given,
      SinkTopics topics,
      KafkaCheckpointStore store,
      SnapshotCodec codec,
      Publishing publishing) {
    KafkaSettings kafka = publishing.isLarge() ? given.large() : given;
    RecordRoom room = RecordRoom.required(kafka, topics, publishing);
    Producer<byte[], byte[]> producer;
    try {
      producer = new KafkaProducer<>(kafka.producer(store.job() + "-write"));
    } catch (RuntimeException e) {
      throw Failures.of(e, "opening the producer of job " + store.job());
    }
    store.forget();
    CutWriter writer = room.writer(producer, topics, store, codec, publishing);
    return new AtLeastOnceCutSink(kafka, producer, Topics.open(kafka), store.job(), writer);
  }

  @Override
  public Mono<Void> accept(Cut cut) {
    return loop.accept(cut);
  }

  @Override
  public Mono<Void> flush() {
    return loop.flush();
  }

  @Override
  public long commitNanos() {
    return loop.commitNanos();
  }

  @Override
  public int waiting() {
    return loop.waiting();
  }

  @Override
  public int mostWaiting() {
    return CommitLoop.MOST_CUTS;
  }

  /**
   * Whom to tell of every cut that is durable from now on.
   *
   * @param listener called on the thread that commits
   */
  public void tell(CommitListener listener) {
    writer.tell(listener);
  }

  /**
   * The signal that this sink is of no use any more, for when no next cut comes to hear of it.
   *
   * @return fails when a commit fails; never completes otherwise
   */
  public Mono<Void> failed() {
    return loop.failed();
  }

  /**
   * What was written so far.
   *
   * @return the figures as of the last commit
   */
  public CommitStatistics statistics() {
    return writer.statistics();
  }

  /** Ends after the commit under way; what was not flushed is not written. */
  @Override
  public void close() {
    loop.stop(CLOSE.toMillis());
    unwatch.run();
    producer.close(CLOSE);
    notes.settle(CLOSE);
    admin.close(CLOSE);
  }

  private final class TwoFlushes implements CutWriter.Delivery {
    @Override
    public void begin() {
      // nothing to open
    }

    @Override
    public boolean showsSnapshotsEarly() {
      return true;
    }

    @Override
    public int markers() {
      return 0;
    }

    @Override
    public void beforeCheckpoint(Outbox outbox) {
      outbox.flush();
    }

    /** The offsets are for lag tools only, so nobody waits for them. */
    @Override
    public void end(Outbox outbox, Positions positions) {
      outbox.flush();
      notes.note(CutRecords.offsets(positions));
    }

    @Override
    public RuntimeException abandon(RuntimeException failure) {
      producer.close(Duration.ZERO);
      return Failures.ofCommit(
          failure, "writing for job " + job, new MissingRight("Write", List.of()));
    }
  }
}
