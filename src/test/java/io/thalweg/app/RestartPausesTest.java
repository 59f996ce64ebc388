package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartPausesTest {
  private long now = -5_000_000_000L;
  private double chance;
  private final RestartPauses pauses = new RestartPauses(() -> now, () -> chance);

  /** Waits, works for so long and fails. */
  private long next(Duration worked) {
    Duration pause = pauses.next();
    now += pause.toNanos() + worked.toNanos();
    return pause.toSeconds();
  }

  @Test
  void what_fails_again_and_again_waits_longer_up_to_half_a_minute() {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      seconds.add(next(Duration.ofSeconds(10)));
    }
    assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }

  @Test
  void what_went_well_for_a_while_begins_anew_at_the_shortest() {
    for (int i = 0; i < 7; i++) {
      next(Duration.ofSeconds(10));
    }
    assertThat(next(Duration.ofMinutes(2))).isEqualTo(30);
    assertThat(next(Duration.ofDays(3))).isEqualTo(1);
    assertThat(next(Duration.ZERO)).isEqualTo(1);
    assertThat(next(Duration.ZERO)).isEqualTo(2);
  }

  @Test
  void up_to_half_is_left_to_chance() {
    chance = 1;
    assertThat(pauses.next()).isEqualTo(Duration.ofMillis(500));
    chance = 0.5;
    assertThat(pauses.next()).isEqualTo(Duration.ofMillis(1_500));
  }
}
