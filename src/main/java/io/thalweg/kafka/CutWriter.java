package io.thalweg.kafka;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CheckpointCodec;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.EncodedCut;
import io.thalweg.wire.SnapshotCodec;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes what a commit consists of; used by the one thread that commits. */
final class CutWriter {
  /** How a commit becomes durable. */
  interface Delivery {
    /** Before the first record. */
    void begin();

    /**
     * Whether a snapshot may be seen although the commit breaks off. Then the epoch of a life must
     * be durable before its first snapshot: the next life goes on with a higher one, and a pair of
     * epoch and version is never used twice.
     */
    boolean showsSnapshotsEarly();

    /** When all but the checkpoint is sent. */
    void beforeCheckpoint(Outbox outbox);

    /** Returns when everything is durable. */
    void end(Outbox outbox, Positions positions);

    /** Gives up after a failure; returns what to throw. */
    RuntimeException abandon(RuntimeException failure);
  }

  private final Producer<byte[], byte[]> producer;
  private final SinkTopics topics;
  private final KafkaCheckpointStore store;
  private final SnapshotCodec codec;
  private @Nullable CutEncoder encoder;
  private boolean epochTaken;
  private volatile CommitStatistics statistics = CommitStatistics.NONE;

  CutWriter(
      Producer<byte[], byte[]> producer,
      SinkTopics topics,
      KafkaCheckpointStore store,
      SnapshotCodec codec) {
    this.producer = producer;
    this.topics = topics;
    this.store = store;
    this.codec = codec;
  }

  CommitStatistics statistics() {
    return statistics;
  }

  /** One commit: begin, snapshots and dead letters, checkpoint last, end. */
  void commit(List<Cut> cuts, Delivery delivery) {
    long start = System.nanoTime();
    Outbox outbox = new Outbox(producer);
    try {
      CutEncoder chain = encoder();
      delivery.begin();
      if (!epochTaken && delivery.showsSnapshotsEarly()) {
        takeEpoch(outbox, cuts);
      }
      epochTaken = true;
      int snapshots = 0;
      int deadLetters = 0;
      EncodedCut last = null;
      for (Cut cut : cuts) {
        last = chain.encode(cut);
        snapshots += snapshot(outbox, cut, last);
        deadLetters += deadLetters(outbox, cut);
      }
      if (last == null) {
        throw new IllegalArgumentException("a commit needs a cut");
      }
      delivery.beforeCheckpoint(outbox);
      checkpoint(outbox, last.checkpoint());
      delivery.end(outbox, last.positions());
      outbox.check();
      statistics =
          statistics.plus(snapshots, deadLetters, outbox.bytes(), System.nanoTime() - start);
    } catch (RuntimeException e) {
      throw delivery.abandon(outbox.firstFailure(e));
    }
  }

  /** The checkpoint of the last life once more, with the epoch of this one. */
  private void takeEpoch(Outbox outbox, List<Cut> cuts) {
    for (Cut cut : cuts) {
      Snapshot first = cut.snapshot();
      if (first != null) {
        Checkpoint own = cut.checkpoint();
        Checkpoint last = restored();
        Checkpoint taken =
            last == null
                ? Checkpoint.ofStart(
                    own.config(), own.epoch(), first.ledger().from(), own.topicIds())
                : last.withEpoch(own.epoch());
        checkpoint(outbox, CheckpointCodec.encode(taken));
        outbox.flush();
        return;
      }
    }
  }

  private int snapshot(Outbox outbox, Cut cut, EncodedCut encoded) {
    Snapshot snapshot = cut.snapshot();
    if (snapshot == null) {
      return 0;
    }
    outbox.send(
        CutRecords.snapshot(topics.snapshots(), store.job(), encoded),
        "snapshot version " + snapshot.version() + " of job " + store.job());
    return 1;
  }

  private int deadLetters(Outbox outbox, Cut cut) {
    String run = store.job() + "/" + cut.checkpoint().epoch();
    for (DeadLetter letter : cut.deadLetters()) {
      outbox.send(
          CutRecords.deadLetter(topics.deadLetters(), letter, run),
          "the dead letter of " + letter.lane() + "@" + letter.position());
    }
    return cut.deadLetters().size();
  }

  private void checkpoint(Outbox outbox, byte[] checkpoint) {
    String what = "the checkpoint (" + checkpoint.length + " bytes) of job " + store.job();
    for (CheckpointLayout.Entry entry : store.layout().write(checkpoint)) {
      outbox.send(record(entry), what);
    }
  }

  @SuppressWarnings("NullAway") // a tombstone is a null value
  private ProducerRecord<byte[], byte[]> record(CheckpointLayout.Entry entry) {
    return new ProducerRecord<>(topics.checkpoints(), 0, entry.keyBytes(), entry.value());
  }

  private CutEncoder encoder() {
    CutEncoder chain = encoder;
    if (chain == null) {
      chain = new CutEncoder(codec, restored());
      encoder = chain;
    }
    return chain;
  }

  private @Nullable Checkpoint restored() {
    KafkaCheckpointStore.Reading reading = store.reading();
    if (reading == null) {
      throw new IllegalStateException(
          "the checkpoint must be read after the sink is opened and before the first cut");
    }
    return reading.checkpoint();
  }
}
