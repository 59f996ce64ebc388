package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.Feed;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@WithBroker
@Timeout(120)
class KafkaSampleSourceIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestBroker broker;
  private final KafkaSettings kafka;

  KafkaSampleSourceIT(TestBroker broker) {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
  }

  @Test
  void request_n_leads_to_exactly_n_batches_however_long_it_takes_to_ask_again() throws Exception {
    String topic = topic(2, 5_000);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      Probe probe = subscribe(source, topic);
      probe.request(2);
      await().atMost(LONG).until(() -> probe.batches.size() == 2);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(10))
          .until(() -> probe.batches.size() == 2);
      assertThat(pollThread(topic)).hasSize(1);
      probe.request(3);
      await().atMost(LONG).until(() -> probe.batches.size() == 5);
      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(10))
          .until(() -> probe.batches.size() == 5);
      assertThat(probe.failures).isEmpty();
      probe.requestUnbounded();
      await().atMost(LONG).until(() -> probe.records() == 10_000);
      probe.cancel();
      source.closed().block(LONG);
    }
  }

  @Test
  void all_records_of_all_lanes_arrive_once_in_order_with_key_value_and_headers() throws Exception {
    String topic = broker.unique("samples");
    broker.create(topic, 4);
    int perLane = 12_500;
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("linger.ms", 20))) {
      for (int i = 0; i < perLane; i++) {
        for (int lane = 0; lane < 4; lane++) {
          ProducerRecord<byte[], byte[]> record =
              new ProducerRecord<>(
                  topic, lane, 1_000L + i, i % 2 == 0 ? null : bytes("k" + i), bytes("" + i));
          if (i % 3 == 0) {
            record.headers().add("content-type", bytes("text/plain"));
          }
          producer.send(record);
        }
      }
      producer.flush();
    }
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      assertThat(source.lanes()).hasSize(4).isSorted();
      int[] next = new int[4];
      Flux<RecordBatch> batches = source.records(new Feed(topic, null), source.beginning());
      batches
          .doOnNext(batch -> check(batch, next))
          .takeUntil(batch -> IntStream.of(next).sum() == 4 * perLane)
          .blockLast(LONG);
      assertThat(next).containsExactly(perLane, perLane, perLane, perLane);
      assertThat(source.lag()).isZero();
      source.closed().block(LONG);
    }
  }

  private static void check(RecordBatch batch, int[] next) {
    for (int r = 0; r < batch.size(); r++) {
      int i = next[batch.lane(r)]++;
      byte[] key = batch.key(r);
      boolean right =
          batch.offset(r) == i
              && batch.timestamp(r) == 1_000L + i
              && (key == null ? i % 2 == 0 : new String(key, UTF_8).equals("k" + i))
              && Integer.parseInt(new String(batch.value(r), UTF_8)) == i
              && batch.headers(r).size() == (i % 3 == 0 ? 1 : 0);
      if (!right) {
        throw new AssertionError("lane " + batch.lane(r) + " at " + i + ": " + batch.offset(r));
      }
    }
  }

  @Test
  void reading_begins_where_the_positions_say_and_only_what_is_committed_is_seen()
      throws Exception {
    String topic = topic(1, 10);
    try (KafkaProducer<byte[], byte[]> aborted =
        broker.producer(Map.of("transactional.id", topic))) {
      aborted.initTransactions();
      aborted.beginTransaction();
      aborted.send(new ProducerRecord<>(topic, 0, null, bytes("never"))).get();
      aborted.abortTransaction();
      aborted.beginTransaction();
      aborted.send(new ProducerRecord<>(topic, 0, null, bytes("late"))).get();
      aborted.commitTransaction();
    }
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      List<String> values = new ArrayList<>();
      List<Long> offsets = new ArrayList<>();
      source
          .records(new Feed(topic, null), at(source, 7))
          .doOnNext(
              batch -> {
                for (int r = 0; r < batch.size(); r++) {
                  values.add(new String(batch.value(r), UTF_8));
                  offsets.add(batch.offset(r));
                }
              })
          .takeUntil(batch -> values.contains("late"))
          .blockLast(LONG);
      assertThat(values).containsExactly("7", "8", "9", "late");
      // the aborted record and the markers of both transactions take up offsets
      assertThat(offsets).containsExactly(7L, 8L, 9L, 12L);
    }
  }

  @Test
  void empty_batches_tick_while_demand_stands_and_nothing_arrives() throws Exception {
    String topic = topic(1, 0);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      List<RecordBatch> ticks =
          source
              .records(new Feed(topic, null), source.beginning())
              .take(10)
              .collectList()
              .block(LONG);
      assertThat(ticks).hasSize(10).allMatch(batch -> batch.size() == 0);
    }
  }

  @Test
  void cancelling_closes_the_consumer_and_ends_its_thread() throws Exception {
    String topic = topic(1, 10);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      Probe probe = subscribe(source, topic);
      probe.requestUnbounded();
      await().atMost(LONG).until(() -> probe.records() == 10);
      assertThat(pollThread(topic)).hasSize(1);
      probe.cancel();
      source.closed().block(Duration.ofSeconds(10));
      await().atMost(LONG).until(() -> pollThread(topic).isEmpty());
      assertThat(probe.failures).isEmpty();
    }
    await()
        .atMost(LONG)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("thalweg-topic-watch")));
  }

  @Test
  void an_idle_subscription_without_demand_can_be_cancelled_too() throws Exception {
    String topic = topic(1, 10);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      Probe probe = subscribe(source, topic);
      await().atMost(LONG).until(() -> pollThread(topic).size() == 1);
      probe.cancel();
      source.closed().block(Duration.ofSeconds(10));
      assertThat(probe.batches).isEmpty();
    }
  }

  @Test
  void missing_topics_are_all_named_with_the_command_that_makes_them() throws Exception {
    String topic = topic(1, 0);
    KafkaFailure failure =
        catchThrowableOfType(
            KafkaFailure.class,
            () ->
                KafkaSampleSource.connect(
                    kafka, List.of(topic, "not-there", "nor-there"), SourceOptions.DEFAULTS));
    assertThat(failure.category()).isEqualTo(Category.MISSING_TOPIC);
    assertThat(failure)
        .hasMessageContaining("topics nor-there, not-there")
        .hasMessageContaining("thalweg topics apply")
        .hasMessageNotContaining(topic);
  }

  @Test
  void an_unreachable_broker_is_given_up_within_its_time() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    KafkaSettings nobody = KafkaSettings.of("127.0.0.1:" + free);
    long before = System.nanoTime();
    KafkaFailure failure =
        catchThrowableOfType(
            KafkaFailure.class,
            () -> KafkaSampleSource.connect(nobody, List.of("a"), SourceOptions.DEFAULTS));
    assertThat(failure.category()).isEqualTo(Category.UNREACHABLE);
    assertThat(failure).hasMessageContaining("127.0.0.1:" + free);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void a_host_name_that_does_not_resolve_is_unreachable_as_well() {
    assertThatThrownBy(
            () ->
                KafkaSampleSource.connect(
                    KafkaSettings.of("no-such-host.invalid:9092"),
                    List.of("a"),
                    SourceOptions.DEFAULTS))
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.UNREACHABLE));
  }

  @Test
  void records_removed_before_they_were_read_are_data_loss_with_the_number_lost() throws Exception {
    String topic = topic(1, 100);
    deleteBefore(topic, 60);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      assertThatThrownBy(
              () -> source.records(new Feed(topic, null), at(source, 10)).blockLast(LONG))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
          .hasMessageContaining(topic + "-0@10")
          .hasMessageContaining("earliest left is 60")
          .hasMessageContaining("50 records");
      assertThatThrownBy(() -> source.resume(checkpoint(source, 10)))
          .hasMessageContaining(topic + "-0@10")
          .hasMessageContaining("50 records");
    }
  }

  @Test
  void with_continue_a_loss_is_reported_and_reading_goes_on_at_the_earliest_record()
      throws Exception {
    String topic = topic(1, 100);
    deleteBefore(topic, 60);
    List<DataLoss> losses = new CopyOnWriteArrayList<>();
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS.continuing(losses::add))) {
      RecordBatch first =
          source
              .records(new Feed(topic, null), at(source, 10))
              .filter(batch -> batch.size() > 0)
              .blockFirst(LONG);
      assertThat(first.offset(0)).isEqualTo(60);
      assertThat(losses).hasSize(1);
      assertThat(losses.get(0).records()).isEqualTo(50);
      assertThat(source.resume(checkpoint(source, 10)).resumeOffset(0)).isEqualTo(60);
      assertThat(losses).hasSize(2);
    }
  }

  @Test
  void a_position_beyond_the_end_of_the_log_is_data_loss() throws Exception {
    String topic = topic(1, 10);
    try (KafkaSampleSource source = source(topic, SourceOptions.DEFAULTS)) {
      assertThatThrownBy(
              () -> source.records(new Feed(topic, null), at(source, 11)).blockLast(LONG))
          .hasMessageContaining(topic + "-0@11")
          .hasMessageContaining("the log ends at 10");
      assertThatThrownBy(() -> source.resume(checkpoint(source, 11)))
          .hasMessageContaining("the log ends at 10");
      assertThat(source.resume(checkpoint(source, 10)).resumeOffset(0)).isEqualTo(10);
    }
  }

  @Test
  void a_topic_deleted_and_made_anew_ends_the_stream_and_is_refused_at_the_next_start()
      throws Exception {
    String topic = topic(1, 20);
    SourceOptions options = SourceOptions.DEFAULTS.watching(Duration.ofMillis(200));
    Checkpoint before;
    try (KafkaSampleSource source = source(topic, options)) {
      before = checkpoint(source, 20);
      Probe probe = subscribe(source, topic);
      probe.requestUnbounded();
      await().atMost(LONG).until(() -> probe.records() == 20);
      try (Admin admin = broker.admin()) {
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
      }
      await().atMost(LONG).ignoreExceptions().until(() -> make(topic));
      broker.send(topic, 0, values(50));
      await().atMost(LONG).until(() -> !probe.failures.isEmpty());
      assertThat(probe.failures).hasSize(1);
      assertThat(probe.failures.get(0))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
          .hasMessageContaining(topic)
          .hasMessageMatching("(?s).*(deleted|truncated).*");
      source.closed().block(LONG);
    }
    try (KafkaSampleSource source = source(topic, options)) {
      assertThatThrownBy(() -> source.resume(before))
          .hasMessageContaining(topic + "-0@20")
          .hasMessageContaining("deleted and made anew");
    }
    try (KafkaSampleSource source = source(topic, options.continuing(loss -> {}))) {
      assertThat(source.resume(before).resumeOffset(0)).isZero();
    }
  }

  @Test
  void partitions_added_while_reading_end_the_stream_and_are_refused_at_the_next_start()
      throws Exception {
    String topic = topic(2, 5);
    SourceOptions options = SourceOptions.DEFAULTS.watching(Duration.ofMillis(200));
    Checkpoint before;
    try (KafkaSampleSource source = source(topic, options)) {
      before = checkpoint(source, 5);
      Probe probe = subscribe(source, topic);
      probe.requestUnbounded();
      await().atMost(LONG).until(() -> probe.records() == 10);
      try (Admin admin = broker.admin()) {
        admin
            .createPartitions(Map.of(topic, NewPartitions.increaseTo(4)))
            .all()
            .get(30, TimeUnit.SECONDS);
      }
      await().atMost(LONG).until(() -> !probe.failures.isEmpty());
      assertThat(probe.failures.get(0))
          .hasMessageContaining("2 partitions")
          .hasMessageContaining("4");
    }
    List<DataLoss> losses = new CopyOnWriteArrayList<>();
    try (KafkaSampleSource source = source(topic, options)) {
      assertThatThrownBy(() -> source.resume(before))
          .hasMessageContaining(topic + "-2@0")
          .hasMessageContaining(topic + "-3@0");
    }
    try (KafkaSampleSource source = source(topic, options.continuing(losses::add))) {
      Positions resumed = source.resume(before);
      assertThat(resumed.lanes()).hasSize(4);
      assertThat(resumed.resumeOffset(1)).isEqualTo(5);
      assertThat(resumed.resumeOffset(3)).isZero();
      assertThat(losses).extracting(DataLoss::lane).containsExactly(lane(topic, 2), lane(topic, 3));
    }
  }

  private boolean make(String topic) throws Exception {
    broker.create(topic, 1);
    return true;
  }

  private void deleteBefore(String topic, long offset) throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private KafkaSampleSource source(String topic, SourceOptions options) {
    return KafkaSampleSource.connect(kafka, List.of(topic), options);
  }

  private static Probe subscribe(KafkaSampleSource source, String topic) {
    Probe probe = new Probe();
    source.records(new Feed(topic, null), source.beginning()).subscribe(probe);
    return probe;
  }

  private static Positions at(KafkaSampleSource source, long offset) {
    return Positions.at(
        source.lanes(), source.lanes().stream().map(lane -> new Position(offset, 0)).toList());
  }

  private static Checkpoint checkpoint(KafkaSampleSource source, long offset) {
    return new Checkpoint(
        "", 1, 1, "", at(source, offset), source.topicIds(), List.of(), List.of());
  }

  private static Lane lane(String topic, int partition) {
    return new Lane(topic, partition);
  }

  private static List<Thread> pollThread(String topic) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("thalweg-poll-" + topic))
        .toList();
  }

  private String topic(int partitions, int recordsEach) throws Exception {
    String topic = broker.unique("samples");
    broker.create(topic, partitions);
    for (int p = 0; p < partitions; p++) {
      broker.send(topic, p, values(recordsEach));
    }
    return topic;
  }

  private static List<byte[]> values(int n) {
    return IntStream.range(0, n).mapToObj(i -> bytes("" + i)).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static final class Probe extends BaseSubscriber<RecordBatch> {
    final List<RecordBatch> batches = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
      // asks for nothing until told
    }

    @Override
    protected void hookOnNext(RecordBatch batch) {
      batches.add(batch);
    }

    @Override
    protected void hookOnError(Throwable failure) {
      failures.add(failure);
    }

    int records() {
      return batches.stream().mapToInt(RecordBatch::size).sum();
    }
  }
}
