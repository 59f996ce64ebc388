package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.CutSink;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Event;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.wire.Sha256;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@WithBroker
@Timeout(120)
class CutSinkIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private final TestBroker broker;
  private final KafkaSettings kafka;
  private String job;
  private String samples;
  private SinkTopics topics;
  private KafkaCheckpointStore store;

  CutSinkIT(TestBroker broker) {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
  }

  @BeforeEach
  void make_topics() throws Exception {
    job = broker.unique("job");
    samples = job + ".train";
    topics = SinkTopics.of(job);
    broker.create(samples, 1);
    broker.create(topics.snapshots(), 1, Map.of("cleanup.policy", "compact"));
    broker.create(topics.checkpoints(), 1, Map.of("cleanup.policy", "compact"));
    broker.create(topics.deadLetters(), 1);
    broker.create(topics.control(), 1);
    store = newStore();
  }

  @Test
  void everything_of_a_cut_becomes_visible_snapshot_checkpoint_dead_letters_and_offsets()
      throws Exception {
    DeadLetter letter =
        new DeadLetter(
            new Lane(samples, 0),
            new Position(41, 2),
            1_234,
            bytes("key"),
            bytes("{broken"),
            List.of(new Header("content-type", bytes("application/json"))),
            "x must have length 16, but had 12");
    try (TransactionalCutSink sink = open()) {
      assertThat(store.latest().blockOptional(LONG)).isEmpty();
      sink.accept(cut(1, letter)).block(LONG);
      sink.flush().block(LONG);
      assertThat(sink.statistics().commits()).isEqualTo(1);
      assertThat(sink.statistics().snapshots()).isEqualTo(1);
      assertThat(sink.statistics().deadLetters()).isEqualTo(1);
      assertThat(sink.statistics().bytes()).isPositive();
    }
    ConsumerRecord<byte[], byte[]> snapshot = committed(topics.snapshots()).get(0);
    assertThat(new String(snapshot.key(), UTF_8)).isEqualTo(job);
    assertThat(header(snapshot.headers(), "thalweg-version")).isEqualTo("1");
    assertThat(header(snapshot.headers(), "thalweg-sha256"))
        .isEqualTo(Sha256.hex(snapshot.value()));
    assertThat(header(snapshot.headers(), "content-type")).isEqualTo("application/json");
    assertThat(CODEC.decode(snapshot.value()).snapshot().version()).isEqualTo(1);

    ConsumerRecord<byte[], byte[]> dead = committed(topics.deadLetters()).get(0);
    assertThat(dead.timestamp()).isEqualTo(1_234);
    assertThat(dead.key()).isEqualTo(letter.key());
    assertThat(dead.value()).isEqualTo(letter.value());
    assertThat(header(dead.headers(), "content-type")).isEqualTo("application/json");
    assertThat(header(dead.headers(), "__thalweg.errors.topic")).isEqualTo(samples);
    assertThat(header(dead.headers(), "__thalweg.errors.partition")).isEqualTo("0");
    assertThat(header(dead.headers(), "__thalweg.errors.offset")).isEqualTo("41");
    assertThat(header(dead.headers(), "__thalweg.errors.index")).isEqualTo("2");
    assertThat(header(dead.headers(), "__thalweg.errors.reason")).isEqualTo(letter.reason());
    assertThat(header(dead.headers(), "__thalweg.errors.run")).isEqualTo(job + "/1");

    Checkpoint found = newStore().latest().block(LONG);
    assertThat(found.version()).isEqualTo(1);
    assertThat(found.previous()).isEqualTo(Sha256.hex(snapshot.value()));
    assertThat(groupOffset()).isEqualTo(100);
  }

  @Test
  void events_of_a_snapshot_are_records_of_the_control_topic_in_the_same_transaction() {
    Event drift = new Event(5, "drift", "the loss has risen", Map.of("loss-after", 0.5));
    Event back = new Event(6, "rolled-back", "why", Map.of());
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      Cut plain = cut(1);
      sink.accept(
              new Cut(
                  plain.snapshot().withEvents(List.of(drift, back)), plain.checkpoint(), List.of()))
          .block(LONG);
      sink.flush().block(LONG);
    }
    List<ConsumerRecord<byte[], byte[]>> events = committed(topics.control());
    assertThat(events)
        .extracting(r -> header(r.headers(), "thalweg-event"))
        .containsExactly("drift", "rolled-back");
    assertThat(events).allMatch(r -> new String(r.key(), UTF_8).equals(job));
    assertThat(new String(events.get(0).value(), UTF_8))
        .contains("\"version\":1,\"step\":5,\"kind\":\"drift\"", "\"loss-after\":0.5");
    ConsumerRecord<byte[], byte[]> snapshot = committed(topics.snapshots()).get(0);
    assertThat(CODEC.decode(snapshot.value()).snapshot().events()).containsExactly(drift, back);
  }

  @Test
  void cuts_that_arrive_during_a_commit_are_committed_together_in_order() {
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      acceptAll(sink, 1, 300);
      assertThat(sink.statistics().snapshots()).isEqualTo(300);
      assertThat(sink.statistics().commits()).isBetween(2L, 299L);
    }
    assertChain(300);
    assertThat(newStore().latest().block(LONG).version()).isEqualTo(300);
  }

  @Test
  void a_run_goes_on_from_the_checkpoint_with_one_chain_of_snapshots() {
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      acceptAll(sink, 1, 3);
    }
    store = newStore();
    try (TransactionalCutSink sink = open()) {
      assertThat(store.latest().block(LONG).version()).isEqualTo(3);
      acceptAll(sink, 4, 6);
    }
    assertChain(6);
  }

  @Test
  void what_was_sent_and_not_committed_is_never_seen_and_the_next_instance_ends_it()
      throws Exception {
    // abandoned on purpose: a crash does not close its producer
    KafkaProducer<byte[], byte[]> crashed = new KafkaProducer<>(kafka.transactionalProducer(job));
    crashed.initTransactions();
    crashed.beginTransaction();
    crashed.send(new ProducerRecord<>(topics.snapshots(), bytes(job), bytes("torn"))).get();
    crashed.send(new ProducerRecord<>(topics.checkpoints(), bytes(job), bytes("torn"))).get();
    crashed.flush();
    try (TransactionalCutSink sink = open()) {
      assertThat(store.latest().blockOptional(LONG)).isEmpty();
      acceptAll(sink, 1, 1);
      assertThatThrownBy(crashed::commitTransaction).isInstanceOf(Exception.class);
    } finally {
      crashed.close(Duration.ZERO);
    }
    assertChain(1);
    assertThat(broker.readAll(topics.snapshots(), "read_uncommitted", job)).hasSize(2);
    try (Admin admin = broker.admin()) {
      assertThat(admin.listTransactions().all().get(30, TimeUnit.SECONDS))
          .filteredOn(t -> t.transactionalId().equals(job))
          .noneMatch(t -> t.state().toString().equals("Ongoing"));
    }
  }

  @Test
  void a_sink_whose_place_was_taken_fails_as_fenced_and_publishes_nothing() {
    TransactionalCutSink zombie = open();
    store.latest().blockOptional(LONG);
    acceptAll(zombie, 1, 1);
    KafkaCheckpointStore successorsStore = newStore();
    try (TransactionalCutSink successor =
        TransactionalCutSink.open(kafka, topics, successorsStore, CODEC)) {
      assertThat(successorsStore.latest().block(LONG).version()).isEqualTo(1);
      KafkaFailure failure =
          catchThrowableOfType(
              KafkaFailure.class,
              () -> {
                zombie.accept(cut(2)).block(LONG);
                zombie.flush().block(LONG);
              });
      assertThat(failure.category()).isEqualTo(Category.FENCED);
      assertThat(failure).hasMessageContaining(job);
      assertThatThrownBy(() -> zombie.accept(cut(3)).block(LONG)).isInstanceOf(KafkaFailure.class);
      assertThatThrownBy(() -> zombie.flush().block(LONG)).isInstanceOf(KafkaFailure.class);
      acceptAll(successor, 2, 4);
    } finally {
      zombie.close();
    }
    assertChain(4);
  }

  /** A process frozen in a commit, with and without another that took its place meanwhile. */
  @ParameterizedTest(name = "successor: {0}")
  @ValueSource(booleans = {true, false})
  void a_commit_that_slept_is_fenced_by_a_successor_and_healed_by_a_fresh_start_without_one(
      boolean successor) throws Exception {
    CompletableFuture<Void> awake = new CompletableFuture<>();
    KafkaSettings hasty =
        new KafkaSettings(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "transaction.timeout.ms",
                successor ? "15000" : "1000"));
    try (Admin admin = broker.admin();
        TransactionalCutSink sleeper = TransactionalCutSink.open(hasty, topics, store, CODEC)) {
      store.latest().blockOptional(LONG);
      sleeper.accept(Cuts.sleepingInCommit(cut(1), awake)).block(LONG);
      CompletableFuture<Void> flushed = sleeper.flush().toFuture();
      await().atMost(LONG).until(() -> ongoing(admin));
      if (successor) {
        store = newStore();
        open().close();
      } else {
        await().atMost(LONG).until(() -> !ongoing(admin));
      }
      awake.complete(null);
      assertThatThrownBy(() -> flushed.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              KafkaFailure.class,
              f ->
                  assertThat(f.category())
                      .as(f.toString())
                      .isEqualTo(successor ? Category.FENCED : Category.RESTARTABLE));
    }
    store = newStore();
    try (TransactionalCutSink sink = open()) {
      assertThat(store.latest().blockOptional(LONG)).isEmpty();
      acceptAll(sink, 1, 1);
    }
    assertChain(1);
  }

  private boolean ongoing(Admin admin) throws Exception {
    return admin
        .describeTransactions(List.of(job))
        .description(job)
        .get(30, TimeUnit.SECONDS)
        .state()
        .toString()
        .equals("Ongoing");
  }

  @Test
  void a_checkpoint_of_five_megabytes_is_cut_into_chunks_and_shrinks_again() {
    int big = 5 * 1024 * 1024 / 8;
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      for (int version = 1; version <= 3; version++) {
        sink.accept(Cuts.withState(job, samples, version, big)).block(LONG);
        sink.flush().block(LONG);
        assertThat(Cuts.state(newStore().latest().block(LONG)))
            .isEqualTo(Cuts.state(Cuts.checkpoint(samples, version, big)));
      }
    }
    store = newStore();
    try (TransactionalCutSink sink = open()) {
      assertThat(store.latest().block(LONG).version()).isEqualTo(3);
      sink.accept(Cuts.withState(job, samples, 4, big / 4)).block(LONG);
      sink.flush().block(LONG);
      assertThat(newStore().latest().block(LONG))
          .satisfies(c -> assertThat(Cuts.state(c)).hasSize(big / 4));
      sink.accept(Cuts.withState(job, samples, 5, 10)).block(LONG);
      sink.flush().block(LONG);
      assertThat(newStore().latest().block(LONG))
          .satisfies(c -> assertThat(Cuts.state(c)).hasSize(10));
    }
    // what compaction leaves: the newest record of each key
    Map<String, ConsumerRecord<byte[], byte[]>> compacted = new java.util.TreeMap<>();
    committed(topics.checkpoints()).forEach(r -> compacted.put(new String(r.key(), UTF_8), r));
    assertThat(compacted).hasSizeGreaterThan(11);
    compacted.forEach(
        (key, record) -> {
          if (key.equals(job)) {
            assertThat(record.value()).hasSizeLessThan(2_000);
          } else {
            assertThat(record.value()).as(key).isNull();
          }
        });
  }

  @Test
  void a_snapshot_larger_than_its_topic_takes_says_so_and_nothing_becomes_visible()
      throws Exception {
    String small = job + ".small";
    broker.create(small, 1, Map.of("max.message.bytes", "20000"));
    topics = new SinkTopics(small, topics.checkpoints(), topics.deadLetters(), topics.control());
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      Cut cut =
          new Cut(
              Cuts.snapshot(job, samples, 7, 20_000), Cuts.checkpoint(samples, 7, 3), List.of());
      sink.accept(cut).block(LONG);
      assertThatThrownBy(() -> sink.flush().block(LONG))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.TOO_LARGE))
          .hasMessageContaining("snapshot version 7")
          .hasMessageContaining(small)
          .hasMessageContaining("max.message.bytes");
    }
    assertThat(committed(small)).isEmpty();
    assertThat(newStore().latest().blockOptional(LONG)).isEmpty();
  }

  @Test
  void a_dead_letter_too_long_to_keep_leaves_its_value_out_and_the_job_goes_on() {
    DeadLetter letter =
        new DeadLetter(
            new Lane(samples, 0),
            new Position(1, 0),
            -1,
            null,
            new byte[3_000_000],
            List.of(),
            "too long");
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      sink.accept(cut(1, letter)).block(LONG);
      sink.flush().block(LONG);
    }
    ConsumerRecord<byte[], byte[]> dead = committed(topics.deadLetters()).get(0);
    assertThat(dead.value()).isNull();
    assertThat(header(dead.headers(), "__thalweg.errors.value-left-out"))
        .isEqualTo("3000000 bytes");
  }

  @Test
  void a_cut_is_refused_before_the_checkpoint_was_read_behind_the_fence() {
    store.latest().blockOptional(LONG);
    try (TransactionalCutSink sink = open()) {
      sink.accept(cut(1)).block(LONG);
      assertThatThrownBy(() -> sink.flush().block(LONG)).hasMessageContaining("must be read");
    }
    assertThat(committed(topics.snapshots())).isEmpty();
  }

  @Test
  void a_checkpoint_that_vanished_is_data_loss_and_no_first_start() throws Exception {
    try (TransactionalCutSink sink = open()) {
      store.latest().blockOptional(LONG);
      acceptAll(sink, 1, 1);
    }
    try (Admin admin = broker.admin()) {
      TopicPartition partition = new TopicPartition(topics.checkpoints(), 0);
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new org.apache.kafka.common.config.ConfigResource(
                      org.apache.kafka.common.config.ConfigResource.Type.TOPIC,
                      topics.checkpoints()),
                  List.of(
                      new org.apache.kafka.clients.admin.AlterConfigOp(
                          new org.apache.kafka.clients.admin.ConfigEntry(
                              "cleanup.policy", "delete"),
                          org.apache.kafka.clients.admin.AlterConfigOp.OpType.SET))))
          .all()
          .get(30, TimeUnit.SECONDS);
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .until(
              () -> {
                admin
                    .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
                return true;
              });
    }
    assertThatThrownBy(() -> newStore().latest().block(LONG))
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
        .hasMessageContaining(topics.checkpoints())
        .hasMessageContaining("has run before");
  }

  @Test
  void damaged_bytes_are_named_with_their_place() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      producer.send(new ProducerRecord<>(topics.checkpoints(), bytes(job), new byte[100])).get();
    }
    assertThatThrownBy(() -> newStore().latest().block(LONG))
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
        .hasMessageContaining(topics.checkpoints() + "-0@0");
  }

  @Test
  void missing_topics_are_named_before_anything_is_written() {
    assertThatThrownBy(
            () ->
                TransactionalCutSink.open(
                    kafka,
                    SinkTopics.of("nobody"),
                    new KafkaCheckpointStore(kafka, job, "c"),
                    CODEC))
        .hasMessageContaining(
            "nobody.checkpoints, nobody.control, nobody.dead-letters, nobody.snapshots")
        .hasMessageContaining("thalweg topics apply");
  }

  @Test
  void at_least_once_writes_the_same_records_without_transactions() throws Exception {
    try (AtLeastOnceCutSink sink = AtLeastOnceCutSink.open(kafka, topics, store, CODEC)) {
      store.latest().blockOptional(LONG);
      acceptAll(sink, 1, 50);
      assertThat(sink.statistics().snapshots()).isEqualTo(50);
    }
    assertChain(50);
    assertThat(newStore().latest().block(LONG).version()).isEqualTo(50);
    await().atMost(LONG).until(() -> groupOffset() == 5_000);
    store = newStore();
    try (AtLeastOnceCutSink sink = AtLeastOnceCutSink.open(kafka, topics, store, CODEC)) {
      assertThat(store.latest().block(LONG).version()).isEqualTo(50);
      acceptAll(sink, 51, 52);
    }
    assertChain(52);
  }

  private TransactionalCutSink open() {
    return TransactionalCutSink.open(kafka, topics, store, CODEC);
  }

  private KafkaCheckpointStore newStore() {
    return new KafkaCheckpointStore(kafka, job, topics.checkpoints());
  }

  private Cut cut(long version, DeadLetter... letters) {
    return Cuts.cut(job, samples, version, letters);
  }

  private void acceptAll(CutSink sink, long from, long to) {
    Flux.fromStream(LongStream.rangeClosed(from, to).boxed())
        .concatMap(version -> sink.accept(cut(version)), 1)
        .then(reactor.core.publisher.Mono.defer(sink::flush))
        .block(LONG);
  }

  /** Versions without gap or repeat, each linked to the one before. */
  private void assertChain(int versions) {
    List<ConsumerRecord<byte[], byte[]>> records =
        broker.readAll(topics.snapshots(), "read_committed", job);
    assertThat(records).hasSize(versions);
    String previous = "";
    long version = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      SnapshotCodec.Decoded decoded = CODEC.decode(record.value());
      assertThat(decoded.snapshot().version()).isEqualTo(++version);
      assertThat(decoded.previous()).isEqualTo(previous);
      previous = Sha256.hex(record.value());
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    return broker.readAll(topic, "read_committed");
  }

  private long groupOffset() throws Exception {
    try (Admin admin = broker.admin()) {
      return admin
          .listConsumerGroupOffsets(job)
          .partitionsToOffsetAndMetadata()
          .get(30, TimeUnit.SECONDS)
          .get(new TopicPartition(samples, 0))
          .offset();
    }
  }

  private static String header(Headers headers, String key) {
    return new String(headers.lastHeader(key).value(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
