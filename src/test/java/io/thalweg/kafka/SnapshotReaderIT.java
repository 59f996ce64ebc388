package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@WithBroker
@Timeout(120)
class SnapshotReaderIT {
  private final TestBroker broker;
  private final KafkaSettings kafka;
  private final String topic;

  SnapshotReaderIT(TestBroker broker) throws Exception {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
    this.topic = broker.unique("snapshots");
    broker.create(topic, 1);
  }

  /** One transaction per value, as the solver does it; values that begin with - are aborted. */
  private void publish(String key, String... values) {
    try (KafkaProducer<byte[], byte[]> producer =
        broker.producer(Map.of("transactional.id", topic + key))) {
      producer.initTransactions();
      for (String value : values) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, 0, key.getBytes(UTF_8), value.getBytes(UTF_8)));
        if (value.startsWith("-")) {
          producer.flush();
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
    }
  }

  private static List<SnapshotReader.Entry> all(SnapshotReader reader) {
    List<SnapshotReader.Entry> out = new ArrayList<>();
    long end = reader.end();
    List<SnapshotReader.Entry> some = reader.next(end);
    while (!some.isEmpty()) {
      out.addAll(some);
      some = reader.next(end);
    }
    return out;
  }

  private static List<String> texts(List<SnapshotReader.Entry> entries) {
    return entries.stream().map(e -> new String(e.value(), UTF_8)).toList();
  }

  @Test
  void all_committed_records_of_the_job_are_read_and_nothing_else() {
    publish("a", "1", "-2", "3");
    publish("b", "4");
    publish("a", "5");
    try (SnapshotReader reader = new SnapshotReader(kafka, topic, "a")) {
      reader.fromBeginning();
      assertThat(texts(all(reader))).containsExactly("1", "3", "5");
      assertThat(all(reader)).isEmpty();
    }
  }

  @Test
  void the_newest_is_found_behind_markers_aborts_and_the_records_of_other_jobs() {
    publish("a", "1", "2");
    String[] aborted = new String[40];
    java.util.Arrays.fill(aborted, "-x");
    publish("b", aborted);
    try (SnapshotReader reader = new SnapshotReader(kafka, topic, "a")) {
      reader.fromRecent();
      assertThat(texts(reader.poll(Duration.ZERO))).endsWith("2");
      publish("a", "3");
      List<String> more = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> more.addAll(texts(reader.poll(Duration.ofMillis(200)))));
      assertThat(more).containsExactly("3");
    }
  }

  @Test
  void an_empty_topic_has_none_until_one_comes() {
    try (SnapshotReader reader = new SnapshotReader(kafka, topic, "a")) {
      reader.fromRecent();
      assertThat(reader.poll(Duration.ofMillis(100))).isEmpty();
      reader.fromBeginning();
      assertThat(all(reader)).isEmpty();
    }
  }

  @Test
  void a_missing_topic_is_named_with_the_command_that_makes_it() {
    assertThatThrownBy(() -> new SnapshotReader(kafka, "no-such-topic", "a").close())
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.MISSING_TOPIC))
        .hasMessageContaining("no-such-topic")
        .hasMessageContaining("thalweg topics apply");
  }
}
