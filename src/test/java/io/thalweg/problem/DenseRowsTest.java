package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of rows against one row after the other, with every remainder of the blocks. */
class DenseRowsTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-13);

  @ParameterizedTest(name = "{1} rows of length {0}")
  @CsvSource({"1, 1", "1, 9", "2, 4", "3, 7", "4, 8", "5, 11", "51, 64", "52, 63", "8, 0"})
  void products_and_sums_are_those_of_the_plain_loops(int n, int count) {
    Draws draws = new Draws(n + 100 * count);
    double[] a = draws.vector(n * count);
    double[] y = draws.vector(n + 1);
    double[] v = draws.vector(n + 1);
    double[] c = draws.vector(count);
    double[] d = draws.vector(count);

    double[] one = new double[count];
    double[] outY = new double[count];
    double[] outV = new double[count];
    DenseRows.dots(a, n, count, y, y[n], one);
    DenseRows.dots(a, n, count, y, y[n], v, v[n], outY, outV);
    double[] g0 = draws.vector(n + 1);
    double[] g = g0.clone();
    double[] g2 = g0.clone();
    double[] h2 = g0.clone();
    DenseRows.add(a, n, count, c, g);
    DenseRows.add(a, n, count, c, d, g2, h2);

    for (int r = 0; r < count; r++) {
      double sumY = y[n];
      double sumV = v[n];
      for (int j = 0; j < n; j++) {
        sumY += a[r * n + j] * y[j];
        sumV += a[r * n + j] * v[j];
      }
      assertThat(one[r]).isCloseTo(sumY, ROUNDING);
      assertThat(outY[r]).isCloseTo(sumY, ROUNDING);
      assertThat(outV[r]).isCloseTo(sumV, ROUNDING);
    }
    for (int j = 0; j < n; j++) {
      double sumC = g0[j];
      double sumD = g0[j];
      for (int r = 0; r < count; r++) {
        sumC += c[r] * a[r * n + j];
        sumD += d[r] * a[r * n + j];
      }
      assertThat(g[j]).isCloseTo(sumC, ROUNDING);
      assertThat(g2[j]).isCloseTo(sumC, ROUNDING);
      assertThat(h2[j]).isCloseTo(sumD, ROUNDING);
    }
    assertThat(new double[] {g[n], g2[n], h2[n]})
        .as("the entry behind the rows")
        .containsOnly(g0[n]);
  }
}
