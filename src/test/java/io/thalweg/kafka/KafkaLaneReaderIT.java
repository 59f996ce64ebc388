package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@WithBroker
@Timeout(120)
class KafkaLaneReaderIT {
  private static final int EACH = 6_000;

  private final TestBroker broker;
  private String topic;

  KafkaLaneReaderIT(TestBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void fill() throws Exception {
    topic = broker.unique("lanes");
    broker.create(topic, 2);
    for (int p = 0; p < 2; p++) {
      broker.send(
          topic, p, IntStream.range(0, EACH).mapToObj(i -> ("" + i).getBytes(UTF_8)).toList());
    }
  }

  @Test
  void lanes_are_read_independently_each_in_order_to_its_end() {
    try (KafkaLaneReader reader = connect()) {
      reader.seek(at(reader, 10, 0));
      int[] next = {10, 0};
      boolean[] ended = new boolean[2];
      for (int turn = 0; !(ended[0] && ended[1]); turn++) {
        int lane = turn % 3 == 0 ? 1 : 0;
        RecordBatch batch = reader.next(lane);
        ended[lane] = batch.size() == 0;
        for (int i = 0; i < batch.size(); i++) {
          assertThat(batch.lane(i)).isEqualTo(lane);
          assertThat(batch.offset(i)).isEqualTo(next[lane]++);
        }
      }
      assertThat(next).containsExactly(EACH, EACH);
    }
  }

  @Test
  void records_that_are_gone_are_named() throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 1), RecordsToDelete.beforeOffset(100)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
    try (KafkaLaneReader reader = connect()) {
      reader.seek(at(reader, 0, 40));
      assertThat(reader.next(0).offset(0)).isZero();
      assertThatThrownBy(() -> reader.next(1))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
          .hasMessageContaining(topic + "-1@40")
          .hasMessageContaining("60 records");
    }
  }

  private KafkaLaneReader connect() {
    return KafkaLaneReader.connect(KafkaSettings.of(broker.bootstrap()), List.of(topic));
  }

  private static Positions at(KafkaLaneReader reader, long first, long second) {
    return Positions.at(reader.lanes(), List.of(new Position(first, 0), new Position(second, 0)));
  }
}
