package io.thalweg.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptsTest {
  private final Attempts attempts = new Attempts();

  private void wrong(String place, int times) {
    for (int i = 0; i < times; i++) {
      attempts.wrong(place, i);
    }
  }

  @Test
  void a_place_is_not_listened_to_after_ten_wrong_tokens_for_a_minute() {
    wrong("10.0.0.7", Attempts.MOST - 1);
    assertThat(attempts.isSpent("10.0.0.7", 100)).isFalse();
    wrong("10.0.0.7", 1);
    assertThat(attempts.isSpent("10.0.0.7", 100)).isTrue();
    assertThat(attempts.isSpent("10.0.0.8", 100)).isFalse();
    assertThat(attempts.isSpent("10.0.0.7", Attempts.WINDOW_NANOS)).isTrue();
    assertThat(attempts.isSpent("10.0.0.7", Attempts.WINDOW_NANOS + 1)).isFalse();
    assertThat(attempts.isSpent("10.0.0.7", 100)).as("it begins anew").isFalse();
  }

  @Test
  void of_very_many_places_the_first_are_forgotten() {
    wrong("first", Attempts.MOST);
    for (int i = 0; i < 2_000; i++) {
      attempts.wrong("10.0." + i / 256 + "." + i % 256, 0);
    }
    assertThat(attempts.isSpent("first", 100)).isFalse();
  }
}
