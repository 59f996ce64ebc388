package io.thalweg.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RealRootsTest {
  private static double[] roots(double... c) {
    double[] out = new double[c.length];
    int found = new RealRoots(Math.max(1, c.length - 1)).of(c, out);
    return Arrays.copyOf(out, found);
  }

  static List<Arguments> polynomials() {
    return List.of(
        Arguments.of("2 - 4 t", new double[] {2, -4}, new double[] {0.5}),
        Arguments.of("t^2 - 1", new double[] {-1, 0, 1}, new double[] {-1, 1}),
        Arguments.of("t^2 + 1", new double[] {1, 0, 1}, new double[] {}),
        Arguments.of("(t - 1)^2", new double[] {1, -2, 1}, new double[] {1}),
        Arguments.of("t^3", new double[] {0, 0, 0, 1}, new double[] {0}),
        Arguments.of("t^4 - 1", new double[] {-1, 0, 0, 0, 1}, new double[] {-1, 1}),
        Arguments.of(
            "(t-1)(t-2)(t-3)(t-4)", new double[] {24, -50, 35, -10, 1}, new double[] {1, 2, 3, 4}),
        Arguments.of("0 t^4 + t - 3", new double[] {-3, 1, 0, 0, 0}, new double[] {3}),
        Arguments.of("constant", new double[] {5, 0}, new double[] {}),
        Arguments.of(
            "far apart",
            new double[] {1e-6, -(1 + 1e-6) - 1e3 * 1e-6, 1e3 * (1 + 1e-6) + 1, -1e3},
            new double[] {1e-6, 1e-3, 1}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("polynomials")
  void real_roots_come_in_ascending_order(String name, double[] c, double[] expected) {
    double[] found = roots(c);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i])
          .isCloseTo(expected[i], within(1e-12 * Math.max(1e-3, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void roots_that_were_put_in_are_found(long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    RealRoots finder = new RealRoots(4);
    double[] out = new double[4];
    for (int round = 0; round < 2000; round++) {
      double scale = StrictMath.pow(10, 6 * rng.uniform() - 3);
      double a = scale * rng.gaussian();
      double b = scale * rng.gaussian();
      double re = scale * rng.gaussian();
      double im = scale * (0.1 + rng.uniform());
      if (Math.abs(a - b) < 0.01 * scale) {
        continue;
      }
      // (t - a)(t - b)(t^2 - 2 re t + re^2 + im^2), two of its roots real
      double[] left = {a * b, -(a + b), 1};
      double[] right = {re * re + im * im, -2 * re, 1};
      double[] c = new double[5];
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          c[i + j] += left[i] * right[j];
        }
      }
      assertThat(finder.of(c, out)).as(Arrays.toString(c)).isEqualTo(2);
      assertThat(out[0]).isCloseTo(Math.min(a, b), within(1e-9 * scale));
      assertThat(out[1]).isCloseTo(Math.max(a, b), within(1e-9 * scale));
    }
  }

  @Test
  void what_is_not_finite_has_no_roots() {
    assertThat(roots(1, Double.NaN, 1)).isEmpty();
    assertThat(roots(1, 1, Double.POSITIVE_INFINITY)).isEmpty();
  }
}
