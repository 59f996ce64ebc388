package io.thalweg.kafka;

import io.thalweg.pipeline.CommitListener;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.EncodedCut;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotPart;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a commit consists of; used by the one thread that commits. */
final class CutWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CutWriter.class);

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

    /** Offsets that the end of a commit takes up itself in each partition it has written to. */
    int markers();

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
  private final LargeModels large;
  private final long largestSnapshot;
  private @Nullable CutEncoder encoder;
  private boolean epochTaken;
  private volatile CommitListener listener = CommitListener.NONE;
  private volatile CommitStatistics statistics = CommitStatistics.NONE;

  /** What one commit has written so far. */
  private static final class Tally {
    int snapshots;
    int deadLetters;
    long snapshotBytes;
    long partBytes;
    long parts;
    long deltaEntries;
    long checkpointBytes;
  }

  /**
   * A writer.
   *
   * @param large how long vectors are written
   * @param largestSnapshot bytes of a snapshot that is not even tried
   */
  CutWriter(
      Producer<byte[], byte[]> producer,
      SinkTopics topics,
      KafkaCheckpointStore store,
      SnapshotCodec codec,
      LargeModels large,
      long largestSnapshot) {
    this.producer = producer;
    this.topics = topics;
    this.store = store;
    this.codec = codec;
    this.large = large;
    this.largestSnapshot = largestSnapshot;
  }

  /** Whom to tell of every cut that is durable from now on. */
  void tell(CommitListener whom) {
    listener = whom;
  }

  CommitStatistics statistics() {
    return statistics;
  }

  /** One commit: begin, keyframes, snapshots and dead letters, checkpoint last, end. */
  void commit(List<Cut> cuts, Delivery delivery) {
    long start = System.nanoTime();
    Outbox outbox = new Outbox(producer, topics.snapshots());
    Tally tally = new Tally();
    try {
      CutEncoder chain = encoder();
      delivery.begin();
      if (!epochTaken && delivery.showsSnapshotsEarly()) {
        takeEpoch(outbox, cuts, tally);
      }
      epochTaken = true;
      store.forget();
      EncodedCut last = null;
      EncodedCut best = null;
      List<String> shas = new ArrayList<>(cuts.size());
      int bestCut = -1;
      for (Cut cut : cuts) {
        last = chain.encode(cut);
        if (last.best()) {
          best = last;
          bestCut = shas.size();
        }
        shas.add(last.sha());
        snapshot(outbox, cut, last, tally);
        deadLetters(outbox, cut, tally);
      }
      if (best != null) {
        outbox.send(
            CutRecords.alias(topics.snapshots(), store.job(), SnapshotAlias.BEST, best),
            "the best snapshot of job " + store.job());
        tally.snapshotBytes += best.size();
      }
      if (last == null) {
        throw new IllegalArgumentException("a commit needs a cut");
      }
      delivery.beforeCheckpoint(outbox);
      checkpoint(outbox, last.checkpoint(), tally);
      long made = System.nanoTime() - start;
      long sent = outbox.nanos();
      delivery.end(outbox, last.positions());
      outbox.check();
      statistics =
          statistics.plus(
              tally.snapshots,
              tally.deadLetters,
              outbox.bytes(),
              System.nanoTime() - start,
              new CommitCost(
                  tally.snapshotBytes,
                  tally.partBytes,
                  tally.checkpointBytes,
                  tally.parts,
                  tally.deltaEntries,
                  made - sent,
                  sent),
              outbox.extend(statistics.tail(), delivery.markers()));
      tell(cuts, shas, bestCut);
    } catch (RuntimeException e) {
      throw delivery.abandon(outbox.firstFailure(e));
    }
  }

  /** What is durable is durable, whatever becomes of those who hear of it. */
  private void tell(List<Cut> cuts, List<String> shas, int bestCut) {
    try {
      for (int i = 0; i < cuts.size(); i++) {
        Cut cut = cuts.get(i);
        listener.committed(cut.snapshot(), shas.get(i), i == bestCut, cut.deadLetters());
      }
    } catch (RuntimeException e) {
      LOG.warn("a listener failed; the commit of job {} stands", store.job(), e);
    }
  }

  /** The checkpoint of the last life once more, with the epoch of this one. */
  private void takeEpoch(Outbox outbox, List<Cut> cuts, Tally tally) {
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
        checkpoint(outbox, taken, tally);
        outbox.flush();
        return;
      }
    }
  }

  private void snapshot(Outbox outbox, Cut cut, EncodedCut encoded, Tally tally) {
    Snapshot snapshot = cut.snapshot();
    byte[] value = encoded.snapshot();
    if (snapshot == null || value == null) {
      return;
    }
    String what = "snapshot version " + snapshot.version() + " of job " + store.job();
    if (value.length > largestSnapshot) {
      throw new KafkaFailure(
          KafkaFailure.Category.TOO_LARGE,
          what
              + " has "
              + value.length
              + " bytes, but topic "
              + topics.snapshots()
              + " takes "
              + largestSnapshot
              + "; raise max.message.bytes of the topic and kafka.max.request.size of the job, or"
              + " publish less (a lower snapshots.inline, or more often: the ledger grows with the"
              + " steps between snapshots)");
    }
    for (SnapshotPart part : encoded.parts()) {
      outbox.send(
          CutRecords.part(topics.snapshots(), store.job(), part),
          "the part " + part.key() + " of " + what);
      tally.parts++;
      tally.partBytes += part.value().length;
    }
    outbox.send(CutRecords.snapshot(topics.snapshots(), store.job(), encoded), what);
    for (int i = 0; i < snapshot.events().size(); i++) {
      outbox.send(CutRecords.event(topics.control(), snapshot, i), "an event of " + what);
    }
    tally.snapshots++;
    tally.snapshotBytes += value.length;
    tally.deltaEntries += encoded.deltaEntries();
  }

  private void deadLetters(Outbox outbox, Cut cut, Tally tally) {
    String run = store.job() + "/" + cut.checkpoint().epoch();
    for (DeadLetter letter : cut.deadLetters()) {
      outbox.send(
          CutRecords.deadLetter(topics.deadLetters(), letter, run),
          "the dead letter of " + letter.lane() + "@" + letter.position());
    }
    tally.deadLetters += cut.deadLetters().size();
  }

  /** Each chunk is sent before the next is made. */
  private void checkpoint(Outbox outbox, Checkpoint checkpoint, Tally tally) {
    CheckpointLayout.Body body = CheckpointLayout.body(checkpoint);
    String what = "the checkpoint (" + body.length() + " bytes) of job " + store.job();
    store.layout().write(body, entry -> outbox.send(record(entry), what));
    tally.checkpointBytes += body.length();
  }

  @SuppressWarnings("NullAway") // a tombstone is a null value
  private ProducerRecord<byte[], byte[]> record(CheckpointLayout.Entry entry) {
    return new ProducerRecord<>(topics.checkpoints(), 0, entry.keyBytes(), entry.value());
  }

  private CutEncoder encoder() {
    CutEncoder chain = encoder;
    if (chain == null) {
      chain = new CutEncoder(codec, large, restored());
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
