package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogisticLossTest {
  private static final Percentage ROUNDING = Percentage.withPercentage(1e-13);

  private final LogisticLoss loss = new LogisticLoss();

  @ParameterizedTest(name = "margin {0}")
  @ValueSource(doubles = {0.0, -0.0, 1e-300, -1e-300, 0.3, -0.3, 40, -40, 700, -700, 1e4, -1e4})
  void a_row_gives_the_loss_and_its_derivative(double m) {
    double tail = StrictMath.log1p(StrictMath.exp(-Math.abs(m)));
    double expected = m >= 0 ? tail : tail - m;
    double rate =
        m >= 0 ? StrictMath.exp(-m) / (1 + StrictMath.exp(-m)) : 1 / (1 + StrictMath.exp(m));

    assertThat(loss.add(m, 1)).isEqualTo(rate);
    assertThat(LogisticLoss.sigma(-m)).isEqualTo(rate);
    assertThat(loss.sum()).isCloseTo(expected, Offset.offset(1e-15 * Math.max(1, expected)));
    loss.clear();
    assertThat(loss.add(m, 3)).isEqualTo(rate);
    assertThat(loss.sum()).isCloseTo(3 * expected, ROUNDING);
  }

  @Test
  void margins_out_of_range_have_their_limits() {
    assertThat(loss.add(Double.POSITIVE_INFINITY, 1)).isZero();
    assertThat(loss.sum()).isZero();
    assertThat(loss.add(Double.NEGATIVE_INFINITY, 1)).isEqualTo(1);
    assertThat(loss.sum()).isInfinite();
    loss.clear();
    assertThat(loss.add(Double.NaN, 1)).isNaN();
    assertThat(loss.sum()).isNaN();
  }

  @Test
  void many_rows_add_up() {
    Draws draws = new Draws(5);
    double expected = 0;
    for (int r = 0; r < 3000; r++) {
      double m = 6 * draws.uniform();
      double w = r % 3 == 0 ? 1 : r % 3 == 1 ? 0.5 : 0;
      loss.add(m, w);
      expected += w * StrictMath.log1p(StrictMath.exp(-m));
    }
    assertThat(loss.sum()).isCloseTo(expected, ROUNDING);
  }
}
