package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest(name = "{0}: {1} ms")
  @CsvSource({"50ms, 50", "1s, 1000", "1.5 S, 1500", ".5s, 500", "2m, 120000", "7d, 604800000"})
  void a_number_and_its_unit_are_a_duration(String text, long millis) {
    assertThat(Durations.parse(text).toMillis()).isEqualTo(millis);
    assertThat(Durations.parseSeconds(text).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest(name = "{0}: {1} ms")
  @CsvSource({"3, 3000", " 30 , 30000", "0.25, 250"})
  void where_seconds_are_meant_a_plain_number_says_them(String text, long millis) {
    assertThat(Durations.parseSeconds(text).toMillis()).isEqualTo(millis);
    assertThatThrownBy(() -> Durations.parse(text))
        .hasMessage(
            "expected a duration such as 50ms, 1s or 2m, found \""
                + text
                + "\", which lacks its unit");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"soon", "-1", "1.2.3s", "1w", "3 seconds"})
  void anything_else_is_refused_with_what_is_accepted(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .hasMessage("expected a duration such as 50ms, 1s or 2m, found \"" + text + "\"");
    assertThatThrownBy(() -> Durations.parseSeconds(text))
        .hasMessage(
            "expected seconds, or a duration such as 500ms, 30s or 2m, found \"" + text + "\"");
  }
}
