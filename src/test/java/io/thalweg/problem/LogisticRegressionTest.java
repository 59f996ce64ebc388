package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);

  @Test
  void huge_margins_neither_overflow_nor_lose_the_loss() {
    Problem problem = Draws.problem(DerivativesTest.logistic(1, "dense", false, Map.of()));
    Batch batch = new Batch(problem.schema(Level.LOWER), 2);
    row(batch, 1e6, 1);
    row(batch, 1e6, -1);
    double[] y = {1};
    double[] gy = new double[1];
    assertThat(problem.upperValue(new double[1], y, batch)).isEqualTo(5e5);
    problem.gradUpperY(new double[1], y, batch, gy);
    assertThat(gy[0]).isEqualTo(5e5);
  }

  @Test
  void a_weight_scales_the_loss_of_its_row_and_zero_is_negative() {
    Problem problem = Draws.problem(DerivativesTest.logistic(1, "dense", false, Map.of()));
    Batch weighted = new Batch(problem.schema(Level.LOWER), 2);
    row(weighted, 2, 1);
    row(weighted, -1, 0);
    weighted.column(2)[0] = 3;
    weighted.column(2)[1] = 0;
    double[] y = {0.5};
    double loss = Math.log1p(StrictMath.exp(-1));
    assertThat(problem.upperValue(new double[1], y, weighted)).isCloseTo(1.5 * loss, TIGHT);
    double[] sums = new double[3];
    ((Predictor) problem).score(y, weighted, sums);
    assertThat(sums).containsExactly(new double[] {3 * loss, 0, 3}, TIGHT);
    weighted.column(2)[1] = 1;
    double[] again = new double[3];
    ((Predictor) problem).score(new double[] {-0.5}, weighted, again);
    assertThat(again[1]).isEqualTo(4);
  }

  @Test
  void units_and_names_are_those_of_the_penalty() {
    Problem problem =
        Draws.problem(
            DerivativesTest.logistic(
                2, "auto", true, Map.of("l2", Map.of("init", -2, "bounds", List.of(-3, 1)))));
    assertThat(problem.upperName(1)).isEqualTo("l2.1");
    assertThat(problem.upperUnit(1, new double[] {0, 1})).isCloseTo(Math.E, TIGHT);
    assertThat(problem.defaultUpper()).containsExactly(-2, -2);
    assertThat(problem.upperBounds()[0]).containsExactly(-3, -3);
    assertThat(problem.upperBounds()[1]).containsExactly(1, 1);
    assertThat(problem.lowerDim()).isEqualTo(3);
    assertThat(problem.schema(Level.LOWER).sparse()).isFalse();
    assertThat(
            Draws.problem(DerivativesTest.logistic(513, "auto", true, Map.of()))
                .schema(Level.LOWER)
                .sparse())
        .isTrue();
  }

  private static void row(Batch batch, double feature, double label) {
    batch.openRow();
    batch.set(0, 0, feature);
    batch.set(1, 0, label);
    batch.commitRow();
  }
}
