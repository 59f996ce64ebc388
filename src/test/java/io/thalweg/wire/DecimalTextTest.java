package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTextTest {
  private final DecimalText decimals = new DecimalText();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1",
        "-1.5",
        ".5",
        "5.",
        "+3",
        "1e22",
        "1e23",
        "123456789012345678901234567890",
        "0.1",
        "9007199254740993",
        "1.7976931348623157e308",
        "4.9e-324",
        "2.2250738585072011e-308",
        "1e999",
        "-1e99999999999",
        "0.000000000000000000000000000001",
        "00012.500",
        "1E-5"
      })
  void reads_what_the_platform_reads(String text) {
    assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
  }

  @Test
  void reads_random_numbers_back_exactly() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(parse(Double.toString(value))).isEqualTo(value);
        double few = Math.rint(value % 1e6) / 1e4;
        assertThat(parse(Double.toString(few))).isEqualTo(few);
      }
    }
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "NaN",
        "Infinity",
        "1 2",
        "1..2",
        "0x1",
        "1f",
        "1_0"
      })
  void nothing_else_is_a_number(String text) {
    assertThat(parse(text)).isNaN();
  }

  private double parse(String text) {
    byte[] bytes = ("," + text + ",").getBytes(StandardCharsets.US_ASCII);
    return decimals.parse(bytes, 1, bytes.length - 1);
  }
}
