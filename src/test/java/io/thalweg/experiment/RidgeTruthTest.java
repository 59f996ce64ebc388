package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import org.junit.jupiter.api.Test;

/** The exact value function of tuned ridge regression, and the minimiser in a box. */
class RidgeTruthTest {
  private static final int Q = 6;
  private final double[] train = rows(200, 1);
  private final double[] validation = rows(80, 2);
  private final RidgeTruth truth = new RidgeTruth(Q, train, validation);

  private static double[] rows(int n, long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    double[] out = new double[n * Q];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < Q; j++) {
        out[i * Q + j] = 0.3 * (j < 3 ? 1 : 0) + rng.gaussian();
      }
    }
    return out;
  }

  private static final double[] X = {-2, -1, 0, 1, -4, -7};

  @Test
  void the_lower_level_is_stationary_wherever_the_last_solve_ended() {
    for (double[] x : new double[][] {X, {4, 4, 4, 4, 4, 4}, {-12, -12, 3, -12, -12, -12}, X}) {
      double[] y = truth.solution(x);
      double[] gradient = new double[Q];
      for (int i = 0; i < 200; i++) {
        double margin = Kernels.dot(Q, train, i * Q, y, 0);
        Kernels.axpy(Q, -1 / (200 * (1 + StrictMath.exp(margin))), train, i * Q, gradient, 0);
      }
      for (int j = 0; j < Q; j++) {
        assertThat(gradient[j] + StrictMath.exp(x[j]) * y[j]).isCloseTo(0, within(1e-9));
      }
    }
  }

  @Test
  void the_gradient_is_the_derivative_of_the_value() {
    double[] gradient = new double[Q];
    double f = truth.value(X, gradient);
    assertThat(f).isEqualTo(new RidgeTruth(Q, train, validation).value(X));
    double h = 1e-4;
    for (int j = 0; j < Q; j++) {
      double[] ahead = X.clone();
      double[] behind = X.clone();
      ahead[j] += h;
      behind[j] -= h;
      assertThat((truth.value(ahead) - truth.value(behind)) / (2 * h))
          .isCloseTo(gradient[j], within(1e-8));
    }
  }

  @Test
  void the_minimum_in_a_box_is_stationary_or_on_the_box() {
    BoxMinimizer.Minimum found =
        new BoxMinimizer(-10, 3, 300, 1e-9).from(new double[Q], truth::value);
    double[] gradient = new double[Q];
    double value = truth.value(found.x(), gradient);
    assertThat(value).isCloseTo(found.value(), within(1e-12));
    assertThat(value).isLessThan(truth.value(new double[Q]));
    for (int j = 0; j < Q; j++) {
      double x = found.x()[j];
      double to = Math.min(3, Math.max(-10, x - gradient[j]));
      assertThat(to).isCloseTo(x, within(1e-7));
    }
  }

  /** (1 - a)^2 + 100 (b - a^2)^2 with b kept at or below 0.25: the minimum lies on that edge. */
  @Test
  void a_curved_valley_is_followed_to_the_edge_of_the_box() {
    BoxMinimizer.Minimum found =
        new BoxMinimizer(-2, 0.25, 500, 1e-10)
            .from(
                new double[] {-1.2, 0.2},
                (x, g) -> {
                  double gap = x[1] - x[0] * x[0];
                  g[0] = -2 * (1 - x[0]) - 400 * x[0] * gap;
                  g[1] = 200 * gap;
                  return (1 - x[0]) * (1 - x[0]) + 100 * gap * gap;
                });
    assertThat(found.x()[0]).isCloseTo(0.25, within(1e-6));
    assertThat(found.x()[1]).isCloseTo(0.0632, within(1e-3));
  }
}
