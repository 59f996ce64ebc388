package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.pipeline.ControlRead;
import io.thalweg.stream.Header;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.EventCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

/** Where a job begins and goes on to read its control topic, whatever became of that meanwhile. */
@WithBroker
@Timeout(120)
class KafkaControlSourceIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String PAUSE = "{\"command\":\"pause\"}";

  private final TestBroker broker;
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final List<ControlRead> reads = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private String job = "";
  private String topic = "";

  KafkaControlSourceIT(TestBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void topics() throws Exception {
    job = broker.unique("steered");
    topic = job + ".control";
    broker.create(topic, 1);
    broker.create(job + ".snapshots", 1);
  }

  private KafkaControlSource source() {
    return new KafkaControlSource(
        KafkaSettings.of(broker.bootstrap()),
        topic,
        job + ".snapshots",
        job,
        "config",
        (kind, text) -> notes.add(kind + ": " + text),
        Duration.ofMillis(200));
  }

  private Disposable read(KafkaControlSource source, long from) {
    return source.records(from).subscribe(reads::add, failures::add);
  }

  private ProducerRecord<byte[], byte[]> record(List<Header> headers, String value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, 0, job.getBytes(UTF_8), value.getBytes(UTF_8));
    headers.forEach(header -> record.headers().add(header.key(), header.value()));
    return record;
  }

  private void command() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      producer.send(record(CommandCodec.headers(), PAUSE)).get();
    }
  }

  /** Events of the job, each in a transaction of its own: a record and a marker. */
  private void events(int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        broker.producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, job))) {
      producer.initTransactions();
      for (int i = 0; i < count; i++) {
        producer.beginTransaction();
        producer.send(
            record(List.of(new Header(EventCodec.HEADER, "drift".getBytes(UTF_8))), "{}"));
        producer.commitTransaction();
      }
    }
  }

  private long reached() {
    return reads.isEmpty() ? -1 : reads.get(reads.size() - 1).next();
  }

  private void deleteBefore(long offset) throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  private void makeAnew() throws Exception {
    try (Admin admin = broker.admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      await().atMost(LONG).until(() -> !admin.listTopics().names().get().contains(topic));
    }
    broker.create(topic, 1);
  }

  @Test
  void a_topic_of_several_partitions_is_refused_since_commands_in_the_others_would_be_lost()
      throws Exception {
    topic = job + ".wide";
    broker.create(topic, 3);
    try (KafkaControlSource source = source()) {
      assertThatThrownBy(source::topicIds)
          .isInstanceOf(KafkaFailure.class)
          .hasMessageContaining(topic + " must have 1 partition")
          .hasMessageContaining("but has 3");
    }
  }

  @Test
  void events_move_the_place_so_that_retention_of_what_was_read_loses_nothing() throws Exception {
    events(40);
    long place;
    try (KafkaControlSource source = source()) {
      Disposable first = read(source, 0);
      await().atMost(LONG).until(() -> reached() >= 79); // the last marker may come later
      place = reached();
      first.dispose();
      source.closed().block(LONG);
    }
    assertThat(reads).allMatch(read -> read.records().isEmpty());
    deleteBefore(79);
    reads.clear();
    command();
    try (KafkaControlSource source = source()) {
      Disposable second = read(source, source.resume(place, source.topicIds()));
      await().atMost(LONG).until(() -> reads.stream().anyMatch(r -> !r.records().isEmpty()));
      second.dispose();
      source.closed().block(LONG);
    }
    assertThat(notes).isEmpty();
    assertThat(failures).isEmpty();
  }

  @Test
  void what_was_never_read_and_is_gone_is_said_without_knowing_what_it_was() throws Exception {
    events(5);
    deleteBefore(6);
    command();
    try (KafkaControlSource source = source()) {
      Disposable reading = read(source, 2);
      await().atMost(LONG).until(() -> reads.stream().anyMatch(r -> !r.records().isEmpty()));
      reading.dispose();
      source.closed().block(LONG);
    }
    assertThat(notes)
        .singleElement()
        .satisfies(
            note ->
                assertThat(note)
                    .startsWith("commands-lost: commands at " + topic + "-0@2: ")
                    .contains("4 records were removed")
                    .contains("cannot be known"));
  }

  @Test
  void a_topic_made_anew_that_is_longer_than_the_old_one_is_known_by_its_id() throws Exception {
    command();
    Map<String, String> ids;
    try (KafkaControlSource old = source()) {
      ids = old.topicIds();
    }
    makeAnew();
    events(2);
    command();
    events(2);
    try (KafkaControlSource source = source()) {
      assertThat(source.topicIds()).containsOnlyKeys(topic).isNotEqualTo(ids);
      assertThat(source.resume(1, Map.of())).as("an old checkpoint does not know").isEqualTo(1);
      assertThat(notes).isEmpty();
      long from = source.resume(1, ids);
      Disposable reading = read(source, from);
      await().atMost(LONG).until(() -> !reads.isEmpty());
      reading.dispose();
      source.closed().block(LONG);
      assertThat(reads.get(0).records().get(0).offset()).isEqualTo(from);
      assertThat(reads.get(0).records().get(0).instruction()).isEqualTo(new Instruction.Pause());
    }
    assertThat(notes)
        .singleElement()
        .satisfies(note -> assertThat(note).contains(topic + "-0@1", "was deleted and made anew"));
  }

  @Test
  void a_topic_made_anew_while_it_is_read_ends_the_reading_so_that_a_start_begins_in_it()
      throws Exception {
    command();
    try (KafkaControlSource source = source()) {
      read(source, source.resume(0, source.topicIds()));
      await().atMost(LONG).until(() -> reached() == 1);
      makeAnew();
      events(2);
      await().atMost(LONG).untilAsserted(() -> assertThat(failures).hasSize(1));
    }
    assertThat(failures.get(0))
        .isInstanceOfSatisfying(
            KafkaFailure.class,
            failure -> assertThat(failure.category()).isEqualTo(KafkaFailure.Category.RESTARTABLE))
        .hasMessageContaining(topic);
  }
}
