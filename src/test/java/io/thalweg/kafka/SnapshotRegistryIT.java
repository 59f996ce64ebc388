package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.stream.Cut;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@WithBroker
@Timeout(120)
class SnapshotRegistryIT {
  private final TestBroker broker;
  private final String topic;
  private final SnapshotRegistry registry;

  SnapshotRegistryIT(TestBroker broker) throws Exception {
    this.broker = broker;
    this.topic = broker.unique("registry");
    this.registry = new SnapshotRegistry(KafkaSettings.of(broker.bootstrap()), topic, "a");
    broker.create(topic, 1);
  }

  /** Versions one after the other, as a life commits them. */
  private void publish(long from, long to) throws Exception {
    CutEncoder encoder =
        new CutEncoder(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT), LargeModels.DEFAULTS, null);
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (long version = from; version <= to; version++) {
        Cut cut =
            new Cut(
                Cuts.snapshot("a", "t", version, 3), Cuts.checkpoint("t", version, 1), List.of());
        producer.send(CutRecords.snapshot(topic, "a", encoder.encode(cut))).get();
      }
    }
  }

  private void foreign(byte[] version) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, 0, "a".getBytes(UTF_8), "{}".getBytes(UTF_8));
    record.headers().add("thalweg-version", version);
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      producer.send(record).get();
    }
  }

  @Test
  void a_record_of_somebody_else_hides_no_snapshot_and_is_named_in_a_list() throws Exception {
    publish(1, 3);
    foreign("soon".getBytes(UTF_8));
    foreign(null);
    assertThat(registry.find(2))
        .satisfies(found -> assertThat(found.snapshot().version()).isEqualTo(2));
    assertThat(registry.extent()).isEqualTo(new SnapshotRegistry.Extent(3, 1, 3));
    assertThatThrownBy(() -> registry.list(10))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining(topic + "@3");
  }

  @Test
  void the_list_and_the_extent_leave_out_what_a_later_life_took_back() throws Exception {
    assertThat(registry.extent().count()).isZero();
    publish(1, 40);
    publish(31, 33);
    assertThat(registry.extent()).isEqualTo(new SnapshotRegistry.Extent(33, 1, 33));
    assertThat(registry.list(5))
        .extracting(l -> l.heading().version())
        .containsExactly(29L, 30L, 31L, 32L, 33L);
    assertThat(registry.list(1_000)).hasSize(33);
  }

  @Test
  void a_topic_of_several_partitions_has_no_order_and_is_refused() throws Exception {
    String wide = broker.unique("wide");
    broker.create(wide, 2);
    SnapshotRegistry of = new SnapshotRegistry(KafkaSettings.of(broker.bootstrap()), wide, "a");
    assertThatThrownBy(() -> of.list(1))
        .isInstanceOf(KafkaFailure.class)
        .hasMessageContaining(wide + " must have 1 partition")
        .hasMessageContaining("but has 2");
  }
}
