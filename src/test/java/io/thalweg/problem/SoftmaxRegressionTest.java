package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);

  private static Problem softmax(int classes, boolean bias, Map<String, ?> hyperparameters) {
    return Draws.problem(
        Map.of(
            "type", "softmax-regression",
            "features", 2,
            "classes", classes,
            "bias", bias,
            "hyperparameters", hyperparameters));
  }

  private static void row(Batch batch, double a, double b, double label, double weight) {
    batch.openRow();
    batch.set(0, 0, a);
    batch.set(0, 1, b);
    batch.set(1, 0, label);
    batch.set(2, 0, weight);
    batch.commitRow();
  }

  @Test
  void two_classes_are_a_logistic_regression_of_the_difference() {
    Problem problem = softmax(2, false, Map.of());
    Batch batch = new Batch(problem.schema(Level.UPPER), 2);
    row(batch, 1, -2, 1, 1);
    row(batch, 0.5, 3, 0, 3);
    double[] y = {0.3, -0.1, 0.2, 0.4};
    double m1 = 1 * (-0.1 - 0.3) - 2 * (0.4 - 0.2);
    double m2 = -(0.5 * (-0.1 - 0.3) + 3 * (0.4 - 0.2));
    double expected = (Math.log1p(StrictMath.exp(-m1)) + 3 * Math.log1p(StrictMath.exp(-m2))) / 2;
    assertThat(problem.upperValue(new double[2], y, batch)).isCloseTo(expected, TIGHT);
  }

  @Test
  void huge_scores_neither_overflow_nor_lose_the_loss() {
    Problem problem = softmax(3, false, Map.of());
    Batch batch = new Batch(problem.schema(Level.UPPER), 2);
    row(batch, 1e6, 0, 0, 1);
    row(batch, 1e6, 0, 2, 1);
    double[] y = {1, 0, -1, 0, 0, 0};
    double[] fy = new double[6];
    assertThat(problem.upperValue(new double[2], y, batch)).isEqualTo(1e6);
    problem.gradUpperY(new double[2], y, batch, fy);
    assertThat(fy).containsExactly(5e5, 0, -5e5, 0, 0, 0);
  }

  @Test
  void the_most_probable_class_is_predicted_and_the_first_of_equals() {
    Problem problem = softmax(3, false, Map.of());
    Batch batch = new Batch(problem.schema(Level.LOWER), 3);
    row(batch, 1, 0, 0, 2);
    row(batch, 1, 0, 1, 5);
    row(batch, 0, 1, 2, 1);
    double[] y = {1, 1, 0, 0, 0, 4};
    double[] sums = new double[3];
    ((Predictor) problem).score(y, batch, sums);
    double tie = StrictMath.log(2 + StrictMath.exp(-1));
    double clear = StrictMath.log(1 + 2 * StrictMath.exp(-4));
    assertThat(sums[0]).isCloseTo(7 * tie + clear, TIGHT);
    assertThat(sums[1]).isEqualTo(5);
    assertThat(sums[2]).isEqualTo(8);
  }

  @Test
  void coordinates_are_named_by_what_they_weigh() {
    assertThat(softmax(3, true, Map.of()).upperDim()).isEqualTo(2);
    assertThat(softmax(3, true, Map.of()).upperName(1)).isEqualTo("l2.1");
    Problem perClass = softmax(3, true, Map.of("l2", Map.of("per", "class")));
    assertThat(perClass.upperDim()).isEqualTo(3);
    assertThat(perClass.upperName(2)).isEqualTo("l2.class-2");
    assertThat(perClass.upperUnit(2, new double[] {0, 0, 1})).isCloseTo(Math.E, TIGHT);
    assertThat(perClass.lowerDim()).isEqualTo(9);
    Problem grouped =
        softmax(3, true, Map.of("l2", Map.of("per", "group"), "groups", List.of(1, 0)));
    assertThat(grouped.upperName(1)).isEqualTo("l2.group-1");
    assertThat(softmax(3, true, Map.of("l2", Map.of("per", "global"))).upperName(0))
        .isEqualTo("l2");
  }

  /** Entry (j, c) of J belongs to feature j or to class c, and the bias to none. */
  @Test
  void weights_reach_the_entries_of_their_feature_or_class() {
    double[] y = {2, 2, 2, 2, 2, 2, 2, 2, 2};
    double[] j = new double[18];
    Batch batch = new Draws(1).batch(softmax(3, true, Map.of()).schema(Level.LOWER), 2);
    softmax(3, true, Map.of()).cross(new double[2], y, batch, j);
    assertThat(j).containsExactly(2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0);
    double[] k = new double[27];
    softmax(3, true, Map.of("l2", Map.of("per", "class"))).cross(new double[3], y, batch, k);
    assertThat(k)
        .containsExactly(
            2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0);
  }

  @Test
  void samples_of_a_finite_sum_carry_their_number_and_no_others() {
    assertThat(softmax(3, true, Map.of()).schema(Level.LOWER).fields().stream().map(Field::name))
        .containsExactly("x", "y", "w");
    Problem finite =
        Draws.problem(
            Map.of("type", "softmax-regression", "features", 2, "classes", 3, "terms", 1000));
    for (Level level : Level.values()) {
      assertThat(finite.schema(level).fields().get(3)).isEqualTo(Field.index("index", 1000));
    }
  }
}
