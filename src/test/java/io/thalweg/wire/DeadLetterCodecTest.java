package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeadLetterCodecTest {
  static List<Arguments> values() {
    return List.of(
        Arguments.of(
            "text", "{\"x\":\n1".getBytes(StandardCharsets.UTF_8), "\"value\":\"{\\\"x\\\":\\n1\""),
        Arguments.of("bytes", new byte[] {(byte) 0xff, 0}, "\"value-base64\":\"/wA=\""),
        Arguments.of("nothing", null, "\"value\":null"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void a_letter_is_one_line_with_place_reason_and_value(String name, byte[] value, String written) {
    DeadLetter letter =
        new DeadLetter(new Lane("a-b", 3), new Position(16, 2), -1, null, value, List.of(), "no x");
    assertThat(new String(DeadLetterCodec.encode(letter, "f:17"), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"where\":\"f:17\",\"topic\":\"a-b\",\"partition\":3,\"offset\":16,\"index\":2,"
                + "\"reason\":\"no x\","
                + written
                + "}");
  }
}
