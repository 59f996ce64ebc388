package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.pipeline.CutSink;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pins of others are found among the snapshots of a job at work, of which none is read for it. */
@WithBroker
@Timeout(120)
class AliasWatchIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private final TestBroker broker;
  private final KafkaSettings kafka;
  private String job;
  private SinkTopics topics;
  private KafkaCheckpointStore store;
  private SnapshotRegistry registry;

  AliasWatchIT(TestBroker broker) {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
  }

  @BeforeEach
  void make_topics() throws Exception {
    job = broker.unique("job");
    topics = SinkTopics.of(job);
    broker.create(job + ".train", 1);
    broker.create(topics.snapshots(), 1, Map.of("cleanup.policy", "compact"));
    broker.create(topics.checkpoints(), 1, Map.of("cleanup.policy", "compact"));
    broker.create(topics.deadLetters(), 1);
    broker.create(topics.control(), 1);
    store = new KafkaCheckpointStore(kafka, job, topics.checkpoints());
    registry = new SnapshotRegistry(kafka, topics.snapshots(), job);
  }

  @Test
  void a_pin_between_transactions_is_found() {
    try (TransactionalCutSink sink = TransactionalCutSink.open(kafka, topics, store, CODEC)) {
      store.latest().blockOptional(LONG);
      finds(sink, () -> sink.statistics().tail());
    }
  }

  @Test
  void a_pin_between_records_without_transactions_is_found() {
    try (AtLeastOnceCutSink sink = AtLeastOnceCutSink.open(kafka, topics, store, CODEC)) {
      store.latest().blockOptional(LONG);
      finds(sink, () -> sink.statistics().tail());
    }
  }

  private void finds(CutSink sink, Supplier<OwnTail> tail) {
    commits(sink, 1, 5);
    try (AliasWatch watch = new AliasWatch(kafka, topics.snapshots(), job, SnapshotAlias.PINNED)) {
      assertThat(watch.version(tail.get())).isZero();
      commits(sink, 6, 10);
      OwnTail alone = tail.get();
      assertThat(watch.version(alone)).isZero();
      pin(3);
      assertThat(watch.version(tail.get())).as("the newest record is the pin").isEqualTo(3);
      pin(7);
      commits(sink, 11, 20);
      OwnTail after = tail.get();
      assertThat(after.from()).as("what was written since").isGreaterThan(alone.end());
      assertThat(watch.version(after)).isEqualTo(7);
      registry.unpin();
      commits(sink, 21, 30);
      assertThat(watch.version(tail.get())).isZero();
    }
  }

  @Test
  void what_is_known_to_be_its_own_is_not_read() {
    try (TransactionalCutSink sink = TransactionalCutSink.open(kafka, topics, store, CODEC);
        AliasWatch watch = new AliasWatch(kafka, topics.snapshots(), job, SnapshotAlias.PINNED)) {
      store.latest().blockOptional(LONG);
      commits(sink, 1, 5);
      assertThat(watch.version()).isZero();
      pin(3);
      commits(sink, 6, 10);
      OwnTail wrong = new OwnTail(0, sink.statistics().tail().end());
      assertThat(watch.version(wrong)).as("the pin is before the end of the stretch").isZero();
    }
  }

  private void pin(long version) {
    registry.pin(Objects.requireNonNull(registry.find(version)));
  }

  private void commits(CutSink sink, long from, long to) {
    for (long version = from; version <= to; version++) {
      sink.accept(Cuts.cut(job, job + ".train", version)).block(LONG);
      sink.flush().block(LONG);
    }
  }
}
