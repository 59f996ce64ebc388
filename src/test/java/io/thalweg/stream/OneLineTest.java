package io.thalweg.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {
  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0, '\t', '\n', '\r', 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x2066})
  void what_a_terminal_would_obey_is_a_blank(int character) {
    assertThat(OneLine.of("a" + (char) character + "b")).isEqualTo("a b");
  }

  @Test
  void what_people_write_stays() {
    String text = "l2.3 of Zo\u00eb, \u0394 \u5927 \ud83d\ude00";
    assertThat(OneLine.of(text)).isEqualTo(text);
    assertThat(OneLine.of("12345", 5)).isEqualTo("12345");
    assertThat(OneLine.of("12\n456", 5)).isEqualTo("12 45...");
  }

  @Test
  void an_event_says_what_a_command_held_on_one_line() {
    Event event =
        new Event(
            7,
            Event.COMMAND_REJECTED,
            "there is no coordinate \u001b[2J\u009b1mx",
            Map.of(),
            new Signature("INC\n42", "ann\u009b"));
    assertThat(event)
        .hasToString(
            "control-rejected at step 7, asked by ann  (INC 42): there is no coordinate  [2J 1mx");
  }
}
