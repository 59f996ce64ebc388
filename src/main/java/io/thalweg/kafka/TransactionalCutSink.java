package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.CommitListener;
import io.thalweg.pipeline.CutSink;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Positions;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Exactly once: the snapshots of some cuts, the newest checkpoint, the dead letters and the
 * consumed offsets are one transaction, so a reader of what is committed sees all of a cut or
 * nothing of it, and a restart goes on exactly behind it. The name of the job is the transactional
 * id: whoever opens the sink last is the only one who can commit.
 *
 * <p>Order of a start: open the sink (this fences a former instance and completes or aborts its
 * transaction), read the checkpoint through the store, run. After a failure nothing of it can be
 * used again: sink, store and solver are made anew from the last committed checkpoint.
 */
public final class TransactionalCutSink implements CutSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionalCutSink.class);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** A commit whose outcome is unknown is asked for again this long. */
  private static final Duration COMMIT_PATIENCE = Duration.ofMinutes(2);

  private final Producer<byte[], byte[]> producer;
  private final KafkaSettings kafka;
  private final String job;
  private final ConsumerGroupMetadata group;
  private final CutWriter writer;
  private final CommitLoop loop;
  private final Runnable unwatch;

  private TransactionalCutSink(
      KafkaSettings kafka,
      Producer<byte[], byte[]> producer,
      CutWriter writer,
      String job,
      ConsumerGroupMetadata group) {
    this.kafka = kafka;
    this.producer = producer;
    this.writer = writer;
    this.job = job;
    this.group = group;
    this.unwatch = kafka.watch().opened(producer);
    this.loop = new CommitLoop("thalweg-commit", cuts -> writer.commit(cuts, new Transaction()));
  }

  /**
   * Fences whoever wrote for the job before.
   *
   * @param kafka settings
   * @param topics where to write
   * @param store where the checkpoint is then to be read
   * @param codec how snapshots are written
   * @return a sink that takes cuts once the checkpoint is read
   * @throws KafkaFailure when a topic is missing, no broker answers or it refuses us
   */
  public static TransactionalCutSink open(
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
  public static TransactionalCutSink open(
      KafkaSettings given,
      SinkTopics topics,
      KafkaCheckpointStore store,
      SnapshotCodec codec,
      Publishing publishing) {
    KafkaSettings kafka = publishing.isLarge() ? given.large() : given;
    RecordRoom room = RecordRoom.required(kafka, topics, publishing);
    String doing = "opening the transactions of job " + store.job();
    ConsumerGroupMetadata group;
    Producer<byte[], byte[]> producer;
    try {
      group = groupOf(kafka, store.job());
      producer = new KafkaProducer<>(kafka.transactionalProducer(store.job()));
    } catch (RuntimeException e) {
      throw Failures.of(e, doing);
    }
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw Failures.of(e, doing);
    }
    store.forget();
    return new TransactionalCutSink(
        kafka,
        producer,
        room.writer(producer, topics, store, codec, publishing),
        store.job(),
        group);
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
   * What was committed so far.
   *
   * @return the figures as of the last commit
   */
  public CommitStatistics statistics() {
    return writer.statistics();
  }

  /** Ends after the commit under way; what was not flushed is not committed. */
  @Override
  public void close() {
    loop.stop(CLOSE.toMillis());
    unwatch.run();
    producer.close(CLOSE);
  }

  private final class Transaction implements CutWriter.Delivery {
    @Override
    public void begin() {
      producer.beginTransaction();
    }

    @Override
    public boolean showsSnapshotsEarly() {
      return false;
    }

    @Override
    public int markers() {
      return 1;
    }

    @Override
    public void beforeCheckpoint(Outbox outbox) {
      // the transaction makes them visible together
    }

    /** Never a transaction without checkpoint and offsets: they are what a restart goes by. */
    @Override
    public void end(Outbox outbox, Positions positions) {
      producer.sendOffsetsToTransaction(CutRecords.offsets(positions), group);
      long until = System.nanoTime() + COMMIT_PATIENCE.toNanos();
      while (true) {
        try {
          producer.commitTransaction();
          return;
        } catch (TimeoutException | InterruptException e) {
          // the outcome is unknown: asking again is safe, giving the transaction up is not
          if (System.nanoTime() > until) {
            throw e;
          }
          LOG.warn("the commit of job {} takes long, asking again: {}", job, e.toString());
        }
      }
    }

    /** What is open is given up by closing; a fenced producer must not even try. */
    @Override
    public RuntimeException abandon(RuntimeException failure) {
      String doing = "committing job " + job;
      RuntimeException said =
          Failures.ofCommit(failure, doing, new MissingRight("Write", List.of()));
      boolean outOfDate =
          (said instanceof KafkaFailure kafka && kafka.category() == Category.FENCED)
              || Failures.causedBy(failure, InvalidProducerEpochException.class);
      producer.close(outOfDate ? Duration.ZERO : CLOSE);
      return outOfDate ? outOfDate(failure) : said;
    }
  }

  /**
   * To a producer whose epoch has passed, two things look alike: another instance took over, or the
   * coordinator ended a transaction that outlived its time, because this process was frozen. A
   * successor leaves its own traces; where there are none, a fresh start heals.
   */
  private KafkaFailure outOfDate(RuntimeException failure) {
    TransactionState now;
    try (Admin admin = Topics.open(kafka)) {
      now = admin.describeTransactions(List.of(job)).description(job).get().state();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      now = TransactionState.UNKNOWN;
    } catch (ExecutionException | RuntimeException e) {
      LOG.debug("cannot look at the transactions of job {}", job, e);
      now = TransactionState.UNKNOWN;
    }
    return now == TransactionState.PREPARE_ABORT || now == TransactionState.COMPLETE_ABORT
        ? new KafkaFailure(
            Category.RESTARTABLE,
            "a commit of job "
                + job
                + " took longer than transaction.timeout.ms and was ended by the broker; was this"
                + " process frozen?",
            failure)
        : new KafkaFailure(
            Category.FENCED,
            "committing job "
                + job
                + " was refused: another instance has taken over this job ("
                + failure.getMessage()
                + ")",
            failure);
  }

  /**
   * Lanes are assigned, so this is a group without members; a consumer says how that is written.
   */
  private static ConsumerGroupMetadata groupOf(KafkaSettings kafka, String job) {
    Map<String, Object> settings = kafka.consumer(job + "-group");
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, job);
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
      return consumer.groupMetadata();
    }
  }
}
