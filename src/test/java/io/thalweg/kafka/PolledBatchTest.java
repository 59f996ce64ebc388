package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PolledBatchTest {
  private final PolledBatch batch =
      new PolledBatch(
          List.of(records("b", 3, 10, 11, 15), records("a", 0, 7), records("a", 1, 2, 3)),
          new int[] {2, 0, 1});

  @Test
  void records_are_numbered_part_by_part() {
    assertThat(batch.size()).isEqualTo(6);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      seen.add(batch.lane(i) + "@" + batch.offset(i));
    }
    assertThat(seen).containsExactly("2@10", "2@11", "2@15", "0@7", "1@2", "1@3");
  }

  @Test
  void any_order_of_reading_gives_the_same() {
    assertThat(batch.offset(5)).isEqualTo(3);
    assertThat(batch.offset(0)).isEqualTo(10);
    assertThat(batch.lane(3)).isZero();
    assertThat(batch.offset(2)).isEqualTo(15);
  }

  @Test
  void an_empty_poll_is_an_empty_batch() {
    assertThat(new PolledBatch(List.of(), new int[0]).size()).isZero();
  }

  @Test
  void a_record_that_is_not_there_is_refused() {
    assertThatThrownBy(() -> batch.value(6)).hasMessage("record 6 of 6");
    assertThatThrownBy(() -> batch.value(-1)).hasMessage("record -1 of 6");
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(
      String topic, int partition, long... offsets) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long offset : offsets) {
      records.add(new ConsumerRecord<>(topic, partition, offset, null, new byte[] {1}));
    }
    return records;
  }
}
