package io.thalweg.portfolio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.RowModel;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContaminationTest {
  private static final double EPS = 0.15;

  private static Problem problem(String type, int classes) {
    return Problems.create(
        Settings.of(
            "problem",
            classes > 2
                ? Map.of("type", type, "features", 3, "classes", classes)
                : Map.of("type", type, "features", 3)));
  }

  private static Contamination contamination(int classes, int outputs) {
    return new Contamination(
        EPS, classes, outputs, new FixedShare(new double[] {1}, 1e-3), new double[] {1, 1}, 1e-3);
  }

  /** Of the loss that a robust member is after, the definition and nothing else. */
  private static double loss(RowModel model, Batch rows, double[] scores, int classes) {
    double weight = model.weight(rows, 0);
    double p = StrictMath.exp(-model.loss(rows, 0, scores, 0) / weight);
    double exchanged = EPS / (classes - 1);
    return -weight * StrictMath.log((1 - EPS) * p + exchanged * (1 - p));
  }

  @ParameterizedTest(name = "{0}, {1} classes, weight {3}")
  @CsvSource({
    "logistic-regression, 2, 1, 1",
    "logistic-regression, 2, 0, 1",
    "logistic-regression, 2, 0, 2.5",
    "softmax-regression, 3, 2, 1",
    "softmax-regression, 3, 0, 0.3"
  })
  void slopes_and_curvatures_are_those_of_the_loss_of_labels_that_may_be_exchanged(
      String type, int classes, double label, double weight) {
    Problem problem = problem(type, classes);
    RowModel model = (RowModel) problem;
    Batch rows = new Batch(problem.schema(Level.LOWER), 1);
    rows.openRow();
    rows.set(1, 0, label);
    rows.set(2, 0, weight);
    rows.commitRow();
    int outputs = model.outputs();
    double[] scores = {0.7, -1.1, 0.4};
    double[] slopes = new double[outputs];
    double[] curvatures = new double[outputs];
    model.slopes(rows, 0, scores, 0, slopes, curvatures);
    Contamination contamination = contamination(classes, outputs);
    double p = StrictMath.exp(-model.loss(rows, 0, scores, 0) / weight);
    contamination.look(p);
    contamination.correct(1, p, slopes, curvatures, weight);
    double e = 1e-4;
    double at = loss(model, rows, scores, classes);
    for (int k = 0; k < outputs; k++) {
      double s = scores[k];
      scores[k] = s + e;
      double up = loss(model, rows, scores, classes);
      scores[k] = s - e;
      double down = loss(model, rows, scores, classes);
      scores[k] = s;
      assertThat(slopes[k]).isCloseTo((up - down) / (2 * e), within(1e-8));
      assertThat(curvatures[k]).isCloseTo((up - 2 * at + down) / (e * e), within(1e-6));
    }
  }

  @Test
  void plain_members_take_labels_as_they_are() {
    Contamination contamination = contamination(2, 1);
    double[] slopes = {0.3};
    double[] curvatures = {0.2};
    contamination.look(0.01);
    contamination.correct(0, 0.01, slopes, curvatures, 1);
    assertThat(slopes[0]).isEqualTo(0.3);
    contamination.correct(2, 0.01, slopes, curvatures, 1);
    assertThat(slopes[0]).isLessThan(0.03);
  }

  @Test
  void a_world_that_has_changed_is_not_taken_for_bad_records() {
    Contamination contamination = contamination(2, 1);
    double[] slopes = {1};
    double[] curvatures = {0.1};
    for (int i = 0; i < 100; i++) {
      contamination.look(0.01);
    }
    contamination.correct(1, 0.01, slopes, curvatures, 1);
    assertThat(slopes[0]).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      contamination.look(0.99);
    }
    contamination.correct(1, 0.01, slopes, curvatures, 1);
    assertThat(slopes[0]).isLessThan(0.1);
  }

  @Test
  void evidence_moves_trust_to_the_view_that_predicts_the_labels_as_they_came() {
    Contamination contamination = contamination(2, 1);
    contamination.look(0.9);
    double trust = contamination.trust();
    assertThat(trust).isEqualTo(0.5);
    // a label that both thought impossible: the robust view had reckoned with it
    contamination.judge(new double[] {5, 5, 5}, 5, 5, 1, 1);
    assertThat(contamination.trust()).isGreaterThan(0.8);
    assertThat(contamination.weights[0] + contamination.weights[1] + contamination.weights[2])
        .isCloseTo(1, within(1e-15));
    for (int i = 0; i < 30; i++) {
      contamination.judge(new double[] {0, 0, 0}, 0, 0, 1, 1);
    }
    assertThat(contamination.trust()).isLessThan(0.1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void a_gate_turns_away_what_stands_apart_and_follows_a_new_scale(long seed) {
    Gate gate = new Gate(0.2);
    SplitMix64 rng = new SplitMix64(seed);
    int wrong = 0;
    for (int i = 0; i < 2000; i++) {
      boolean bad = i >= 20 && rng.uniform() < 0.1;
      double g = rng.gaussian();
      double v = (1 + g * g) * (bad ? 1e4 : 1);
      wrong += gate.passes(v) == bad ? 1 : 0;
    }
    assertThat(wrong).isZero();
    int turned = 0;
    for (int i = 0; i < 2000; i++) {
      double g = rng.gaussian();
      turned += gate.passes(1e4 * (1 + g * g)) ? 0 : 1;
    }
    assertThat(turned).isBetween(5, 40);
    assertThat(gate.passes(0)).isTrue();
  }

  /** Heavy tails are no reason to lose more than the share above the quantile. */
  @Test
  void a_gate_turns_away_few_of_a_heavy_tail() {
    Gate gate = new Gate(0.2);
    SplitMix64 rng = new SplitMix64(3);
    int turned = 0;
    for (int i = 0; i < 10_000; i++) {
      double cauchy = rng.gaussian() / rng.gaussian();
      turned += gate.passes(cauchy * cauchy) ? 0 : 1;
    }
    assertThat(turned).isBetween(50, 500);
  }
}
