package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several partitions in the order of time, however a client brings them. */
class TimeOrderTest {
  /** The time as the records have it. */
  private static final long NOW = 900_000;

  private static final long HELD = TimeOrder.MOST_HELD_NANOS;

  private static ConsumerRecord<byte[], byte[]> record(int lane, long offset, long time) {
    return new ConsumerRecord<>(
        "t",
        lane,
        offset,
        time,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        null,
        new RecordHeaders(),
        java.util.Optional.empty());
  }

  private static List<ConsumerRecord<byte[], byte[]>> some(int lane, long offset, long... times) {
    List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      out.add(record(lane, offset + i, times[i]));
    }
    return out;
  }

  private static String text(RecordBatch batch) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < batch.size(); i++) {
      out.append(batch.lane(i)).append('@').append(batch.offset(i)).append(' ');
    }
    return out.toString().strip();
  }

  @Test
  void a_record_waits_until_every_lane_has_one_or_is_at_its_end() {
    TimeOrder order = new TimeOrder(new int[] {4, 5, 7}, 0, () -> NOW);
    order.add(0, some(0, 10, 1, 5, 9), 0);
    order.atEnd(0, true, 0);
    assertThat(text(order.take(9, 1))).isEmpty();
    order.atEnd(1, true, 1); // empty
    assertThat(text(order.take(9, 2))).isEmpty();
    order.add(2, some(2, 0, 4, 6), 2);
    assertThat(order.isReady(3)).isTrue();
    assertThat(order.held(0)).isEqualTo(3);
    assertThat(order.firstHeld(0)).isEqualTo(10);
    // lane 7 has more: what comes after its last record waits for the next one
    assertThat(text(order.take(9, 3))).isEqualTo("4@10 7@0 4@11 7@1");
    order.atEnd(2, true, 4);
    assertThat(text(order.take(9, 4))).isEqualTo("4@12");
    assertThat(text(order.take(9, 5))).isEmpty();
  }

  @Test
  void of_the_same_time_the_smaller_lane_is_first_and_a_lane_keeps_its_offsets() {
    TimeOrder order = new TimeOrder(new int[] {0, 1}, 0, () -> NOW);
    order.add(1, some(1, 0, 5, 2, 7), 0); // not in order of time within itself
    order.add(0, some(0, 0, 5, 5, 6), 0);
    order.atEnd(0, true, 0);
    order.atEnd(1, true, 0);
    assertThat(text(order.take(2, 1))).isEqualTo("0@0 0@1");
    assertThat(text(order.take(9, 1))).isEqualTo("1@0 1@1 0@2 1@2");
  }

  @Test
  void a_lane_that_has_more_and_does_not_bring_it_is_left_aside_after_half_a_minute() {
    TimeOrder order = new TimeOrder(new int[] {0, 1}, 100, () -> NOW);
    order.add(0, some(0, 0, 1, 2), 200);
    order.atEnd(0, true, 200);
    assertThat(order.isReady(100 + HELD - 1)).isFalse();
    assertThat(text(order.take(1, 100 + HELD))).isEqualTo("0@0");
    assertThat(text(order.take(1, 101 + HELD))).isEqualTo("0@1");
    order.add(1, some(1, 0, 3), 200 + HELD); // back
    assertThat(text(order.take(9, 201 + HELD))).isEqualTo("1@0");
    order.add(0, some(0, 2, 4), 202 + HELD);
    assertThat(order.isReady(203 + HELD)).as("waited for again").isFalse();
  }

  @Test
  void time_in_which_nobody_asked_does_not_count() {
    TimeOrder order = new TimeOrder(new int[] {0, 1}, 0, () -> NOW);
    order.add(0, some(0, 0, 1), 0);
    order.leaveOut(2 * HELD);
    assertThat(order.isReady(3 * HELD - 1)).isFalse();
    assertThat(order.isReady(3 * HELD)).isTrue();
  }

  @Test
  void a_record_from_the_future_does_not_stop_those_behind_it_for_ever() {
    TimeOrder order = new TimeOrder(new int[] {0, 1}, 0, () -> NOW);
    order.atEnd(0, true, 0);
    order.atEnd(1, true, 0);
    order.add(0, some(0, 0, 1_000_000, 3), 0);
    order.add(1, some(1, 0, 1, 2, 5), 0);
    assertThat(text(order.take(2, 1))).isEqualTo("1@0 1@1");
    assertThat(text(order.take(9, HELD))).isEqualTo("0@0 0@1 1@2");
  }

  @Test
  void a_record_of_the_past_waits_for_its_turn_however_long_the_backlog_before_it_is() {
    TimeOrder order = new TimeOrder(new int[] {0, 1}, 0, () -> NOW);
    order.add(0, some(0, 0, NOW - 1), 0);
    order.add(1, some(1, 0, 1, 2), 0);
    assertThat(text(order.take(9, 1))).isEqualTo("1@0 1@1");
    order.add(1, some(1, 2, 3), 2 * HELD);
    assertThat(text(order.take(1, 2 * HELD))).isEqualTo("1@2");
  }

  /** Chunks of one lane after another, as a client drains its fetches. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void a_backlog_comes_in_the_order_it_would_have_in_one_partition(long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    int lanes = 1 + rng.index(5);
    List<List<ConsumerRecord<byte[], byte[]>>> logs = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      logs.add(new ArrayList<>());
    }
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      int lane = rng.index(lanes);
      logs.get(lane).add(record(lane, logs.get(lane).size(), i));
      times.add((long) i);
    }
    int[] numbers = new int[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      numbers[lane] = lane;
    }
    TimeOrder order = new TimeOrder(numbers, 0, () -> NOW);
    int[] at = new int[lanes];
    List<Long> taken = new ArrayList<>();
    for (int poll = 0; taken.size() < 5000; poll++) {
      int lane = poll % lanes;
      int most = order.held(lane) > 400 ? 0 : 1 + rng.index(300); // as a paused one
      int to = Math.min(logs.get(lane).size(), at[lane] + most);
      order.add(lane, logs.get(lane).subList(at[lane], to), poll);
      at[lane] = to;
      order.atEnd(lane, to == logs.get(lane).size(), poll);
      RecordBatch batch = order.take(100, poll);
      for (int r = 0; r < batch.size(); r++) {
        taken.add(batch.timestamp(r));
      }
      assertThat(poll).as("polls").isLessThan(100_000);
    }
    assertThat(taken).isEqualTo(times);
  }
}
