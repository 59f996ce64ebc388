package io.thalweg.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.topics.Change.Alter;
import io.thalweg.topics.Change.Create;
import io.thalweg.topics.Change.Grow;
import io.thalweg.topics.Change.Warn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

@WithBroker
class TopicsToolIT {
  private final TopicCatalog catalog = TopicCatalog.builtIn();

  @Test
  void a_second_time_there_is_nothing_to_do(TestBroker broker) {
    List<TopicSpec> wanted = catalog.of(broker.unique("twice"));
    try (Admin admin = broker.admin()) {
      TopicPlan first = TopicsTool.apply(admin, wanted);
      assertThat(first.of(Create.class)).hasSize(6);
      assertThat(first.of(Warn.class))
          .hasSize(1)
          .first()
          .extracting(Warn::text)
          .asString()
          .contains("replication 1 instead of 3", "1 broker");
      TopicPlan second = TopicsTool.apply(admin, wanted);
      assertThat(second.pending()).isFalse();
      assertThat(second.changes()).extracting(Change::mark).containsOnly('=');
    }
  }

  @Test
  void drift_is_taken_back(TestBroker broker) throws Exception {
    List<TopicSpec> wanted = catalog.of(broker.unique("drift"));
    try (Admin admin = broker.admin()) {
      TopicsTool.apply(admin, wanted);
      String snapshots = wanted.get(2).name();
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, snapshots),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("segment.ms", "7200000"), AlterConfigOp.OpType.SET))))
          .all()
          .get(30, TimeUnit.SECONDS);
      TopicPlan plan = TopicsTool.apply(admin, wanted);
      assertThat(plan.of(Alter.class))
          .containsExactly(new Alter(snapshots, "segment.ms", "7200000", "3600000"));
      assertThat(TopicsTool.plan(admin, wanted).pending()).isFalse();
    }
  }

  @Test
  void partitions_grow_and_never_shrink(TestBroker broker) {
    TopicSpec train = catalog.of(TopicKind.TRAIN, broker.unique("grow"));
    try (Admin admin = broker.admin()) {
      TopicsTool.apply(admin, List.of(train.withPartitions(2)));
      TopicPlan grown = TopicsTool.apply(admin, List.of(train.withPartitions(5)));
      assertThat(grown.of(Grow.class)).containsExactly(new Grow(train.name(), 2, 5));
      assertThatThrownBy(() -> TopicsTool.apply(admin, List.of(train.withPartitions(3))))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("has 5 partitions, 3 wanted");
    }
  }

  @Test
  void nothing_is_changed_when_one_part_of_the_plan_is_refused(TestBroker broker) throws Exception {
    String job = broker.unique("refused");
    broker.create(job + ".snapshots", 3);
    try (Admin admin = broker.admin()) {
      assertThatThrownBy(() -> TopicsTool.apply(admin, catalog.of(job)))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining(job + ".snapshots");
      assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS))
          .contains(job + ".snapshots")
          .doesNotContain(job + ".train");
    }
  }

  @Test
  void a_producer_with_many_requests_in_flight_loses_nothing_on_a_topic_just_made(TestBroker broker)
      throws Exception {
    TopicSpec train = catalog.of(TopicKind.TRAIN, broker.unique("fresh"));
    Map<String, Object> eager =
        Map.of("max.in.flight.requests.per.connection", 5, "batch.size", 512, "linger.ms", 0);
    try (Admin admin = broker.admin();
        KafkaProducer<byte[], byte[]> producer = broker.producer(eager)) {
      TopicsTool.apply(admin, List.of(train));
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        byte[] value = ("record " + i).getBytes(UTF_8);
        sent.add(
            producer.send(new ProducerRecord<>(train.name(), i % train.partitions(), null, value)));
      }
      for (Future<?> one : sent) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(broker.readAll(train.name(), "read_committed")).hasSize(3_000);
  }
}
