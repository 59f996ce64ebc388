package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupDroTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);
  private static final int ROWS = 24;
  private static final double RHO = 0.4;

  private static Problem problem(String weights) {
    return Draws.problem(
        Map.of(
            "type",
            "group-dro",
            "features",
            2,
            "groups",
            3,
            "shares",
            List.of(0.5, 0.25, 0.25),
            "rho",
            RHO,
            "weights",
            weights));
  }

  /** Rows whose groups have exactly their shares. */
  private static Batch batch(Problem problem, long seed) {
    Batch batch = new Draws(seed).batch(problem.schema(Level.LOWER), ROWS);
    for (int r = 0; r < ROWS; r++) {
      batch.column(2)[r] = Math.max(0, r % 4 - 1);
    }
    return batch;
  }

  /** Mean logistic loss of every group. */
  private static double[] losses(Batch batch, double[] x) {
    double[] sum = new double[3];
    double[] count = new double[3];
    for (int r = 0; r < ROWS; r++) {
      double b = batch.column(1)[r] > 0 ? 1 : -1;
      double m = b * (x[0] * batch.column(0)[2 * r] + x[1] * batch.column(0)[2 * r + 1] + x[2]);
      int group = (int) batch.column(2)[r];
      sum[group] += StrictMath.log(1 + StrictMath.exp(-m));
      count[group]++;
    }
    return new double[] {sum[0] / count[0], sum[1] / count[1], sum[2] / count[2]};
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void without_an_adversary_it_is_the_mean_of_the_groups(long seed) {
    double[] x = new Draws(seed + 20).vector(3);
    for (String weights : List.of("softmax", "linear")) {
      Problem problem = problem(weights);
      Batch batch = batch(problem, seed);
      double[] l = losses(batch, x);
      assertThat(problem.upperValue(x, new double[3], batch))
          .isCloseTo((l[0] + l[1] + l[2]) / 3, TIGHT);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void linear_weights_have_the_maximum_at_the_deviations_over_rho(long seed) {
    Problem problem = problem("linear");
    Batch batch = batch(problem, seed);
    double[] x = new Draws(seed + 20).vector(3);
    double[] l = losses(batch, x);
    double mean = (l[0] + l[1] + l[2]) / 3;
    double[] y = new double[3];
    double squares = 0;
    for (int h = 0; h < 3; h++) {
      y[h] = (l[h] - mean) / RHO;
      squares += (l[h] - mean) * (l[h] - mean);
    }
    double[] fy = new double[3];
    double f = problem.upperGradients(x, y, batch, new double[3], fy);
    assertThat(fy).containsExactly(new double[3], TIGHT);
    assertThat(f).isCloseTo(mean + squares / (2 * RHO), TIGHT);
    double[] hv = new double[3];
    problem.hvp(x, y, new double[] {1, -2, 3}, batch, hv);
    assertThat(hv).containsExactly(new double[] {RHO, -2 * RHO, 3 * RHO}, TIGHT);
  }

  @Test
  void softmax_weights_go_to_the_worst_group_and_stay_a_mixture() {
    Problem problem = problem("softmax");
    Batch batch = batch(problem, 5);
    double[] x = new Draws(25).vector(3);
    double[] l = losses(batch, x);
    double[] y = new double[3];
    double[] fy = new double[3];
    for (int t = 0; t < 2000; t++) {
      problem.gradUpperY(x, y, batch, fy);
      for (int h = 0; h < 3; h++) {
        y[h] += fy[h];
      }
    }
    int worst = 0;
    int largest = 0;
    double sum = 0;
    for (int h = 0; h < 3; h++) {
      worst = l[h] > l[worst] ? h : worst;
      largest = y[h] > y[largest] ? h : largest;
      sum += StrictMath.exp(y[h]);
    }
    assertThat(largest).isEqualTo(worst);
    double mixture = 0;
    double norm = 0;
    for (int h = 0; h < 3; h++) {
      mixture += StrictMath.exp(y[h]) / sum * l[h];
      norm += y[h] * y[h];
    }
    double f = problem.upperValue(x, y, batch);
    assertThat(f).isCloseTo(mixture - RHO / 2 * norm, TIGHT);
    assertThat(f).isBetween((l[0] + l[1] + l[2]) / 3, l[worst]);
    assertThat(problem.upperName(1)).isEqualTo("w.1");
    assertThat(problem.upperName(2)).isEqualTo("bias");
  }
}
