package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.EncodedCut;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.BaseSubscriber;

@WithBroker
@Timeout(180)
class SnapshotReaderIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestBroker broker;
  private final KafkaSettings kafka;
  private final String topic;
  private CutEncoder encoder = encoder();

  SnapshotReaderIT(TestBroker broker) {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
    this.topic = broker.unique("models");
  }

  @BeforeEach
  void topic() throws Exception {
    broker.create(topic, 1, Map.of("cleanup.policy", "compact"));
  }

  private static CutEncoder encoder() {
    return new CutEncoder(
        new SnapshotCodec(SnapshotCodec.Vectors.COMPACT), LargeModels.DEFAULTS, null);
  }

  private EncodedCut encoded(long version, double loss) {
    Snapshot snapshot =
        Cuts.withMetrics(Cuts.snapshot("a", "t", version, 3), Map.of("upper-loss", loss));
    return encoder.encode(new Cut(snapshot, Cuts.checkpoint("t", version, 1), List.of()));
  }

  /** One transaction, as the solver does it. */
  private void send(List<ProducerRecord<byte[], byte[]>> records) {
    try (KafkaProducer<byte[], byte[]> producer =
        broker.producer(Map.of("transactional.id", topic))) {
      producer.initTransactions();
      producer.beginTransaction();
      records.forEach(producer::send);
      producer.commitTransaction();
    }
  }

  private EncodedCut publish(long version, double loss) {
    EncodedCut cut = encoded(version, loss);
    ProducerRecord<byte[], byte[]> own = CutRecords.snapshot(topic, "a", cut);
    send(
        cut.best()
            ? List.of(own, CutRecords.alias(topic, "a", SnapshotAlias.BEST, cut))
            : List.of(own));
    return cut;
  }

  private SnapshotReader open(SnapshotAlias alias) {
    return SnapshotReader.open(kafka, topic, "a", alias);
  }

  private static void awaitVersion(SnapshotReader reader, long version) {
    await()
        .atMost(LONG)
        .until(() -> reader.current() != null && reader.current().version() == version);
  }

  @Test
  void the_newest_is_in_use_at_once_and_each_later_one_is_swapped_in() {
    for (int version = 1; version <= 20; version++) {
      publish(version, 1);
    }
    Instant now = Instant.ofEpochMilli(1_700_000_000_020L).plusSeconds(7);
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    try (SnapshotReader reader =
        SnapshotReader.open(kafka, topic, "a", SnapshotAlias.LATEST, clock)) {
      List<Long> seen = new CopyOnWriteArrayList<>();
      reader.snapshots().subscribe(s -> seen.add(s.version()));
      assertThat(reader.await(LONG).version()).isEqualTo(20);
      assertThat(reader.age()).isEqualTo(Duration.ofSeconds(7));
      publish(21, 1);
      publish(22, 1);
      awaitVersion(reader, 22);
      await().atMost(LONG).until(() -> seen.contains(22L));
      assertThat(seen).startsWith(20L).isSorted().doesNotHaveDuplicates();
      List<Long> late = new CopyOnWriteArrayList<>();
      reader.snapshots().subscribe(s -> late.add(s.version()));
      assertThat(late).containsExactly(22L);
      assertThat(reader.skipped()).isZero();
      assertThat(reader.rejected()).isZero();
      assertThat(reader.failure()).isNull();
    }
  }

  @Test
  void a_subscriber_that_asks_late_is_given_the_newest_and_nothing_piles_up() {
    publish(1, 1);
    try (SnapshotReader reader = open(SnapshotAlias.LATEST)) {
      reader.await(LONG);
      List<Long> seen = new CopyOnWriteArrayList<>();
      BaseSubscriber<Snapshot> slow =
          new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
              subscription.request(1);
            }

            @Override
            protected void hookOnNext(Snapshot snapshot) {
              seen.add(snapshot.version());
            }
          };
      reader.snapshots().subscribe(slow);
      for (int version = 2; version <= 9; version++) {
        publish(version, 1);
      }
      awaitVersion(reader, 9);
      assertThat(seen).containsExactly(1L);
      slow.request(5);
      await().atMost(LONG).until(() -> seen.size() > 1);
      assertThat(seen).containsExactly(1L, 9L);
    }
  }

  @Test
  void best_and_pinned_are_found_far_back_and_followed() {
    publish(1, 0.3);
    for (int version = 2; version <= 30; version++) {
      publish(version, 0.5);
    }
    SnapshotRegistry registry = new SnapshotRegistry(kafka, topic, "a");
    try (SnapshotReader best = open(SnapshotAlias.BEST);
        SnapshotReader pinned = open(SnapshotAlias.PINNED)) {
      assertThat(best.await(LONG).version()).isEqualTo(1);
      assertThat(pinned.current()).isNull();
      assertThatThrownBy(() -> pinned.await(Duration.ofMillis(10)))
          .hasMessageContaining("a@pinned");
      registry.pin(registry.find(7));
      awaitVersion(pinned, 7);
      publish(31, 0.2);
      awaitVersion(best, 31);
      registry.unpin();
      await().atMost(LONG).until(pinned::isWithdrawn);
      assertThat(pinned.current().version()).isEqualTo(7);
      registry.pin(registry.find(SnapshotAlias.BEST));
      awaitVersion(pinned, 31);
      assertThat(pinned.isWithdrawn()).isFalse();
    }
    registry.unpin();
    try (SnapshotReader pinned = open(SnapshotAlias.PINNED)) {
      await().atMost(LONG).until(pinned::isWithdrawn);
      assertThat(pinned.current()).isNull();
    }
  }

  @Test
  void what_is_damaged_or_breaks_the_chain_is_not_taken_and_the_last_good_one_stays() {
    publish(1, 1);
    try (SnapshotReader reader = open(SnapshotAlias.LATEST)) {
      reader.await(LONG);
      CutEncoder chain = encoder;
      encoder = encoder(); // one that knows nothing of version 1
      publish(2, 1);
      await().atMost(LONG).until(() -> reader.rejected() == 1);
      encoder = chain;
      EncodedCut whole = encoded(2, 1);
      ProducerRecord<byte[], byte[]> damaged = CutRecords.snapshot(topic, "a", whole);
      damaged.value()[damaged.value().length - 3] ^= 1;
      send(List.of(damaged));
      await().atMost(LONG).until(() -> reader.rejected() == 2);
      assertThat(reader.current().version()).isEqualTo(1);
      damaged.value()[damaged.value().length - 3] ^= 1;
      send(List.of(damaged));
      awaitVersion(reader, 2);
      encoded(3, 1);
      publish(4, 1);
      awaitVersion(reader, 4);
      assertThat(reader.skipped()).isEqualTo(1);
    }
  }

  @Test
  void the_registry_lists_and_finds_what_the_topic_holds() {
    publish(1, 0.5);
    publish(2, 0.3);
    EncodedCut third = publish(3, 0.4);
    SnapshotRegistry registry = new SnapshotRegistry(kafka, topic, "a");
    registry.pin(registry.find(1));
    assertThat(registry.list(100))
        .extracting(l -> l.heading().version() + " " + l.aliases())
        .containsExactly("1 [PINNED]", "2 [BEST]", "3 []");
    assertThat(registry.list(1))
        .extracting(l -> l.heading().version() + " " + l.aliases())
        .containsExactly("1 [PINNED]", "2 [BEST]", "3 []");
    registry.unpin();
    assertThat(registry.list(1)).extracting(l -> l.heading().version()).containsExactly(2L, 3L);
    SnapshotRegistry.Found found = registry.find(SnapshotAlias.LATEST);
    assertThat(found.snapshot().version()).isEqualTo(3);
    assertThat(found.value()).isEqualTo(third.snapshot());
    assertThat(found.sha()).isEqualTo(third.sha());
    assertThat(registry.find(4)).isNull();
    assertThat(registry.find(SnapshotAlias.PINNED)).isNull();
    assertThat(new SnapshotRegistry(kafka, topic, "b").find(SnapshotAlias.LATEST)).isNull();
  }

  @Test
  void a_pinned_model_of_long_vectors_stands_alone_and_keeps_its_place_in_the_chain()
      throws Exception {
    encoder =
        new CutEncoder(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
            new LargeModels(100, 1_000, 100_000),
            null);
    double[] x = new double[300];
    java.util.Arrays.setAll(x, i -> 1.0 / (i + 1));
    Snapshot snapshot = Cuts.withUpper(Cuts.snapshot("a", "t", 1, 3), x);
    EncodedCut cut = encoder.encode(new Cut(snapshot, Cuts.checkpoint("t", 1, 1), List.of()));
    assertThat(cut.best()).as("what goes back to a keyframe is not best").isFalse();
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (var part : cut.parts()) {
        producer.send(CutRecords.part(topic, "a", part)).get();
      }
      producer.send(CutRecords.snapshot(topic, "a", cut)).get();
    }
    SnapshotRegistry registry = new SnapshotRegistry(kafka, topic, "a");
    registry.pin(registry.find(1));
    SnapshotRegistry.Found pinned = registry.find(SnapshotAlias.PINNED);
    assertThat(pinned.snapshot().x()).isEqualTo(x);
    assertThat(pinned.sha()).isEqualTo(cut.sha());
    assertThat(new String(pinned.value(), UTF_8)).doesNotContain("keyframe");
  }
}
