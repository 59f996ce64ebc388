package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.LinearModel;
import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RidgeRegressionTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);

  private final Problem problem =
      Draws.problem(Map.of("type", "ridge-regression", "features", 1, "bias", true));

  private Batch batch() {
    Batch batch = new Batch(problem.schema(Level.LOWER), 2);
    row(batch, 2, 5, 1);
    row(batch, -1, 0, 3);
    return batch;
  }

  private static void row(Batch batch, double feature, double label, double weight) {
    batch.openRow();
    batch.set(0, 0, feature);
    batch.set(1, 0, label);
    batch.set(2, 0, weight);
    batch.commitRow();
  }

  @Test
  void the_loss_is_half_the_square_and_the_bias_is_free() {
    double[] y = {1.5, 0.5};
    // errors 3.5 - 5 = -1.5 and -1 - 0 = -1
    double loss = (0.5 * 2.25 + 3 * 0.5) / 2;
    assertThat(problem.upperValue(new double[1], y, batch())).isCloseTo(loss, TIGHT);
    double[] x = {StrictMath.log(4)};
    assertThat(problem.lowerValue(x, y, batch())).isCloseTo(loss + 0.5 * 4 * 2.25, TIGHT);
    double[] gy = new double[2];
    problem.gradLowerY(x, y, batch(), gy);
    assertThat(gy)
        .containsExactly(
            new double[] {(-1.5 * 2 + 3 * -1 * -1) / 2 + 4 * 1.5, (-1.5 + 3 * -1) / 2}, TIGHT);
  }

  @Test
  void its_error_is_the_distance() {
    double[] sums = {1, 1, 1};
    ((Predictor) problem).score(new double[] {1.5, 0.5}, batch(), sums);
    assertThat(sums)
        .containsExactly(new double[] {1 + 0.5 * 2.25 + 1.5, 1 + 1.5 + 3, 1 + 4}, TIGHT);
  }

  @Test
  void a_margin_gives_loss_and_both_derivatives() {
    double[] margins = {3.5, -1};
    double[] first = new double[2];
    double[] second = new double[2];
    double sum = ((LinearModel) problem).losses(batch(), margins, first, second);
    assertThat(sum).isCloseTo(0.5 * 2.25 + 1.5, TIGHT);
    assertThat(first).containsExactly(-1.5, -3);
    assertThat(second).containsExactly(1, 3);
    assertThat(margins).containsExactly(3.5, -1);
  }

  /** One Newton step solves it from anywhere. */
  @Test
  void the_lower_level_is_a_quadratic() {
    double[] x = {0};
    double[] y = new double[2];
    double[] gy = new double[2];
    double[] h = new double[4];
    problem.gradLowerY(x, y, batch(), gy);
    problem.hessian(x, y, batch(), h);
    double det = h[0] * h[3] - h[1] * h[2];
    y[0] = -(h[3] * gy[0] - h[1] * gy[1]) / det;
    y[1] = -(h[0] * gy[1] - h[2] * gy[0]) / det;
    problem.gradLowerY(x, y, batch(), gy);
    assertThat(gy).containsExactly(new double[2], TIGHT);
    assertThat(y[0]).isNotZero();
  }
}
