package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadLimitTest {
  private static SnapshotSearch search(ReadLimit limit) {
    return new SnapshotSearch(KafkaSettings.of("127.0.0.1:1"), "j.snapshots", "j", limit);
  }

  @Test
  void a_call_may_take_what_is_left_and_no_more_than_any_call_may() {
    assertThat(ReadLimit.NONE.left()).isEqualTo(Duration.ofSeconds(30));
    assertThat(ReadLimit.of(Duration.ofHours(1), () -> false).left())
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(ReadLimit.of(Duration.ofSeconds(20), () -> false).left())
        .isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
  }

  @Test
  void when_the_time_is_over_no_broker_is_asked_any_more() {
    try (SnapshotSearch search = search(ReadLimit.of(Duration.ZERO, () -> false))) {
      assertThatThrownBy(() -> search.find(3))
          .isInstanceOfSatisfying(
              KafkaFailure.class,
              f -> assertThat(f.category()).isEqualTo(KafkaFailure.Category.UNREACHABLE))
          .hasMessageContaining("not read within 0 s");
    }
  }

  @Test
  void when_nobody_waits_any_more_that_is_no_failure_of_the_topic() {
    try (SnapshotSearch search = search(ReadLimit.of(Duration.ofHours(1), () -> true))) {
      assertThatThrownBy(() -> search.find(3)).isInstanceOf(CancellationException.class);
    }
  }
}
