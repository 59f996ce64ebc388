package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinimaxAucTest {
  private static final int N = 3;

  /**
   * Over all samples, with p their share of positives: at a, b the mean scores of the classes and
   * alpha = b - a the saddle value is that of the surrogate over all pairs.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void the_saddle_value_is_the_square_surrogate_over_all_pairs(long seed) {
    Problem any = problem(0.5);
    Draws draws = new Draws(seed);
    Batch batch = draws.batch(any.schema(Level.LOWER), 30);
    double[] w = draws.vector(N);
    double[] score = new double[30];
    double[] mean = new double[2];
    double[] count = new double[2];
    for (int r = 0; r < 30; r++) {
      for (int j = 0; j < N; j++) {
        score[r] += w[j] * batch.column(0)[r * N + j];
      }
      int side = batch.column(1)[r] > 0 ? 0 : 1;
      mean[side] += score[r];
      count[side]++;
    }
    double pairs = 0;
    for (int r = 0; r < 30; r++) {
      for (int s = 0; s < 30; s++) {
        if (batch.column(1)[r] > 0 && batch.column(1)[s] <= 0) {
          double miss = 1 - score[r] + score[s];
          pairs += miss * miss;
        }
      }
    }
    double p = count[0] / 30;
    Problem problem = problem(p);
    double[] x = {w[0], w[1], w[2], mean[0] / count[0], mean[1] / count[1]};
    double[] y = {x[4] - x[3]};
    double[] fx = new double[5];
    double[] fy = new double[1];
    double f = problem.upperGradients(x, y, batch, fx, fy);
    assertThat(1 + f / (p * (1 - p)))
        .isCloseTo(pairs / (count[0] * count[1]), Offset.offset(1e-12));
    assertThat(fy[0]).as("alpha is the maximiser").isCloseTo(0, Offset.offset(1e-14));
    assertThat(fx[3]).as("a is the minimiser").isCloseTo(0, Offset.offset(1e-14));
    assertThat(fx[4]).as("b is the minimiser").isCloseTo(0, Offset.offset(1e-14));
    assertThat(problem.upperName(2)).isEqualTo("w.2");
    assertThat(problem.upperName(3)).isEqualTo("a");
    assertThat(problem.upperName(4)).isEqualTo("b");
  }

  private static Problem problem(double share) {
    return Draws.problem(Map.of("type", "minimax-auc", "features", N, "positive-share", share));
  }
}
