package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CadenceTest {
  private static final long MILLI = 1_000_000;

  private final Cadence adapting =
      new Cadence(100, Duration.ofMillis(5), Duration.ofSeconds(1), 0.2);

  @Test
  void adapts_between_its_bounds_so_that_commits_take_their_share_of_the_time() {
    assertThat(adapting.intervalNanos(0)).isEqualTo(5 * MILLI);
    assertThat(adapting.intervalNanos(MILLI / 2)).isEqualTo(5 * MILLI);
    assertThat(adapting.intervalNanos(8 * MILLI)).isEqualTo(40 * MILLI);
    assertThat(adapting.intervalNanos(400 * MILLI)).isEqualTo(1_000 * MILLI);
  }

  @Test
  void does_not_adapt_without_a_lower_bound() {
    Cadence fixed = new Cadence(100, Duration.ofMillis(250));
    assertThat(fixed.intervalNanos(0)).isEqualTo(250 * MILLI);
    assertThat(fixed.intervalNanos(125 * MILLI)).isEqualTo(250 * MILLI);
  }

  @Test
  void commits_longer_than_half_the_time_stretch_it_so_that_there_is_time_to_learn() {
    assertThat(adapting.intervalNanos(900 * MILLI)).isEqualTo(1_800 * MILLI);
    assertThat(adapting.intervalNanos(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE - 1);
    assertThat(new Cadence(100, Duration.ofMillis(250)).intervalNanos(900 * MILLI))
        .isEqualTo(900 * MILLI);
    Cadence fromFile = new Cadence(100, Duration.ofMillis(250), Duration.ofMillis(250), 0.2);
    assertThat(fromFile.intervalNanos(900 * MILLI)).isEqualTo(1_800 * MILLI);
  }

  @Test
  void bounds_the_wrong_way_round_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cadence(1, Duration.ofSeconds(2), Duration.ofSeconds(1), 0.2))
        .withMessageContaining("snapshots.every.time must be at least min-time");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cadence(1, Duration.ZERO, Duration.ofSeconds(1), 0.2))
        .withMessageContaining("min-time must be longer than 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cadence(1, Duration.ofMillis(1), Duration.ofSeconds(1), Double.NaN))
        .withMessageContaining("share must be in (0, 1]");
  }
}
