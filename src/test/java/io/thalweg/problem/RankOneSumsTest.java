package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of rows against one row after the other, with every remainder of the blocks. */
class RankOneSumsTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-12);

  private final RankOneSums sums = new RankOneSums();

  @ParameterizedTest(name = "{1} rows of length {0}")
  @CsvSource({"1, 1", "1, 9", "2, 4", "3, 7", "4, 8", "5, 11", "51, 64", "52, 99", "8, 0"})
  void squares_are_those_of_the_plain_loops(int n, int count) {
    Draws draws = new Draws(n + 100 * count);
    double[] a = draws.vector(n * count);
    double[] c = draws.vector(count);
    int stride = n + 1;
    double[] h = new double[n * stride];
    for (int i = 0; i < n; i++) {
      h[i * stride + i] = i;
      h[i * stride + n] = -7;
    }

    sums.addSquares(a, n, count, c, h, stride);

    for (int i = 0; i < n; i++) {
      assertThat(h[i * stride + n]).as("behind the block").isEqualTo(-7);
      for (int j = 0; j < n; j++) {
        double sum = i == j ? i : 0;
        for (int r = 0; r < count; r++) {
          sum += c[r] * a[r * n + i] * a[r * n + j];
        }
        assertThat(h[i * stride + j]).isCloseTo(sum, ROUNDING);
        assertThat(h[i * stride + j]).as("symmetric").isEqualTo(h[j * stride + i]);
      }
    }
  }

  @ParameterizedTest(name = "{2} pairs of rows of length {0} and {1}")
  @CsvSource({"1, 1, 1", "3, 5, 4", "5, 3, 7", "2, 9, 70", "9, 2, 33", "4, 4, 0"})
  void outer_products_are_those_of_the_plain_loops(int un, int vn, int count) {
    Draws draws = new Draws(un + 100L * vn + 10_000L * count);
    double[] u = draws.vector(un * count);
    double[] v = draws.vector(vn * count);
    double[] c = draws.vector(count);
    double[] before = draws.vector(un * vn);
    double[] out = before.clone();

    sums.addOuters(u, un, v, vn, count, c, out);

    for (int i = 0; i < un; i++) {
      for (int j = 0; j < vn; j++) {
        double sum = before[i * vn + j];
        for (int r = 0; r < count; r++) {
          sum += c[r] * u[r * un + i] * v[r * vn + j];
        }
        assertThat(out[i * vn + j]).isCloseTo(sum, ROUNDING);
      }
    }
  }
}
