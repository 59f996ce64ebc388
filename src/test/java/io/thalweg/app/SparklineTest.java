package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparklineTest {
  @Test
  void the_lowest_is_low_and_the_highest_high() {
    double[] values = {0, 1, 2, 3, 4, 5, 6, 7};
    assertThat(Sparkline.of(values, 8, true)).isEqualTo("▁▂▃▄▅▆▇█");
    assertThat(Sparkline.of(values, 8, false)).isEqualTo("_.-:=+*#");
  }

  @Test
  void the_newest_are_shown_and_scaled_among_themselves() {
    assertThat(Sparkline.of(new double[] {1000, 1, 2}, 2, true)).isEqualTo("▁█");
    assertThat(Sparkline.of(new double[] {1, 2}, 0, true)).isEmpty();
  }

  @Test
  void gaps_are_gaps_and_equal_values_lie_in_the_middle() {
    assertThat(Sparkline.of(new double[] {1, Double.NaN, 1}, 9, true)).isEqualTo("▄ ▄");
    assertThat(Sparkline.of(new double[] {Double.POSITIVE_INFINITY, 1, 2}, 9, true))
        .isEqualTo(" ▁█");
    assertThat(Sparkline.of(new double[] {-Double.MAX_VALUE, Double.MAX_VALUE}, 9, true))
        .isEqualTo("▁█");
  }

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({"0,8,''", "1,3,███", "0.5,3,█▌", "0.0625,2,▏", "0.124,1,▏"})
  void a_bar_counts_eighths(double share, int width, String bar) {
    assertThat(Sparkline.bar(share, width, true)).isEqualTo(bar);
  }

  @Test
  void a_bar_without_blocks_counts_whole_characters() {
    assertThat(Sparkline.bar(0.5, 6, false)).isEqualTo("###");
  }
}
