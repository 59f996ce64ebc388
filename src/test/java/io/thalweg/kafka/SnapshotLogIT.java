package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.EncodedCut;
import io.thalweg.wire.Keyframe;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import io.thalweg.wire.SnapshotPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@WithBroker
@Timeout(120)
class SnapshotLogIT {
  /** Entries of a vector of two parts. */
  private static final int LONG = Keyframe.PART + 3;

  private final TestBroker broker;
  private final KafkaSettings kafka;
  private final String topic;

  SnapshotLogIT(TestBroker broker) throws Exception {
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

  private static List<SnapshotLog.Entry> all(SnapshotLog reader) {
    List<SnapshotLog.Entry> out = new ArrayList<>();
    long end = reader.end();
    List<SnapshotLog.Entry> some = reader.next(end);
    while (!some.isEmpty()) {
      out.addAll(some);
      some = reader.next(end);
    }
    return out;
  }

  private static List<String> texts(List<SnapshotLog.Entry> entries) {
    return entries.stream().map(e -> new String(e.value(), UTF_8)).toList();
  }

  @Test
  void all_committed_records_of_the_job_are_read_and_nothing_else() {
    publish("a", "1", "-2", "3");
    publish("b", "4");
    publish("a", "5");
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, "a")) {
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
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, "a")) {
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
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, "a")) {
      reader.fromRecent();
      assertThat(reader.poll(Duration.ofMillis(100))).isEmpty();
      reader.fromBeginning();
      assertThat(all(reader)).isEmpty();
    }
  }

  private static EncodedCut encoded(CutEncoder encoder, long version) {
    Snapshot s = Cuts.snapshot("a", "t", version, 1);
    double[] x = Cuts.snapshot("a", "t", 1, LONG).x();
    x[0] = version;
    Snapshot snapshot =
        new Snapshot(
            s.job(),
            s.epoch(),
            s.version(),
            s.step(),
            s.timeMillis(),
            s.method(),
            s.config(),
            s.upper(),
            x,
            s.y(),
            s.members(),
            s.metrics(),
            s.positions(),
            s.ledger(),
            s.eventTimeMillis(),
            s.software());
    return encoder.encode(new Cut(snapshot, Cuts.checkpoint("t", version, 1), List.of()));
  }

  private static CutEncoder longVectors() {
    return new CutEncoder(
        new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
        new LargeModels(100, 1_000, 100_000),
        null);
  }

  /** As an at-least-once life does it; returns the offset after the last record. */
  private long send(EncodedCut cut, int parts, boolean snapshot) throws Exception {
    long next = 0;
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (SnapshotPart part : cut.parts().subList(0, parts)) {
        next = 1 + producer.send(CutRecords.part(topic, "a", part)).get().offset();
      }
      if (snapshot) {
        next = 1 + producer.send(CutRecords.snapshot(topic, "a", cut)).get().offset();
      }
    }
    return next;
  }

  @Test
  void parts_of_a_life_that_died_before_its_snapshot_are_in_nobodys_way() throws Exception {
    send(encoded(longVectors(), 1), 1, false);
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, "a")) {
      reader.fromRecent();
      assertThat(reader.poll(Duration.ofMillis(100))).isEmpty();
      assertThat(all(reader)).isEmpty();
      EncodedCut whole = encoded(longVectors(), 2); // in the same place
      send(whole, whole.parts().size(), true);
      assertThat(decoded(reader)).containsExactly(2L);
      send(encoded(longVectors(), 3), 1, false);
      assertThat(all(reader)).isEmpty();
      reader.fromRecent();
      assertThat(decoded(reader)).containsExactly(2L);
    }
  }

  @Test
  void a_snapshot_whose_keyframe_is_gone_is_given_and_its_decoding_says_so() throws Exception {
    CutEncoder encoder = longVectors();
    EncodedCut first = encoded(encoder, 1);
    assertThat(first.parts()).hasSize(2);
    long after = send(first, 2, true);
    send(encoded(encoder, 2), 0, true);
    try (Admin admin = broker.admin()) {
      RecordsToDelete untilSecondPart = RecordsToDelete.beforeOffset(after - 2);
      admin.deleteRecords(Map.of(new TopicPartition(topic, 0), untilSecondPart)).all().get();
    }
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, "a")) {
      reader.fromRecent();
      List<SnapshotLog.Entry> entries = all(reader);
      assertThat(entries).hasSize(2);
      assertThatThrownBy(() -> reader.decode(entries.get(1)))
          .isInstanceOf(SnapshotFormatException.class)
          .hasMessageContaining("of keyframe")
          .hasMessageContaining("read from further back");
    }
  }

  /** Each before the next ones are asked for: a later keyframe may take the place of its own. */
  private static List<Long> decoded(SnapshotLog reader) {
    List<Long> versions = new ArrayList<>();
    long end = reader.end();
    List<SnapshotLog.Entry> some = reader.next(end);
    while (!some.isEmpty()) {
      some.forEach(entry -> versions.add(reader.decode(entry).snapshot().version()));
      some = reader.next(end);
    }
    return versions;
  }

  @Test
  void a_missing_topic_is_named_with_the_command_that_makes_it() {
    assertThatThrownBy(() -> new SnapshotLog(kafka, "no-such-topic", "a").close())
        .isInstanceOfSatisfying(
            KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.MISSING_TOPIC))
        .hasMessageContaining("no-such-topic")
        .hasMessageContaining("thalweg topics apply");
  }
}
