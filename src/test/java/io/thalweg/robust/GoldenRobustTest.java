package io.thalweg.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.Projections;
import io.thalweg.robust.RobustRule.Variant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights, means and fits of an independent implementation. */
class GoldenRobustTest {
  private static final double TOLERANCE = 1e-9;

  private final JsonNode golden = Golden.read("robust_mean");
  private final int n = golden.get("X").size();
  private final int d = golden.get("X").get(0).size();
  private final double eps = golden.get("eps").doubleValue();
  private final double xi = golden.get("xi").doubleValue();

  private double[] rows() {
    return Golden.numbers(golden.get("X"));
  }

  private static double[] front(double[] live, int n) {
    return Arrays.copyOf(live, n);
  }

  static List<Arguments> variants() {
    return List.of(
        Arguments.of("filter", Variant.FILTER, 0.3063, 2),
        Arguments.of("low_regret", Variant.LOW_REGRET, 0.3312, 6),
        Arguments.of("gd", Variant.GRADIENT, 0.3447, 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void weights_mean_and_variance_after_every_round(String name, Variant variant) {
    JsonNode steps = golden.get("runs").get(name).get("steps");
    RobustMean mean = new RobustMean(RobustRule.mean(variant, eps, xi));
    assertThat(mean.begin(rows(), n, d)).isTrue();
    assertThat(steps).hasSize(7);
    for (int round = 0; round < 7; round++) {
      JsonNode step = steps.get(round);
      double[] mu = new double[d];
      mean.mean(mu);
      String at = name + " after round " + round;
      Golden.assertClose(
          at + ": q", front(mean.weights(), n), Golden.numbers(step.get("q")), TOLERANCE);
      Golden.assertClose(at + ": mean", mu, Golden.numbers(step.get("mu")), TOLERANCE);
      Golden.assertClose(
          at + ": lambda",
          new double[] {mean.lambda()},
          Golden.numbers(step.get("lam")),
          TOLERANCE);
      assertThat(mean.round()).isTrue();
    }
  }

  @ParameterizedTest(name = "{0}: error {2} in {3} rounds")
  @MethodSource("variants")
  void rounds_end_when_the_variance_is_small_enough(
      String name, Variant variant, double error, int rounds) {
    JsonNode stop = golden.get("runs").get(name).get("stop");
    RobustMean mean = new RobustMean(RobustRule.mean(variant, eps, xi));
    assertThat(mean.weigh(rows(), n, d)).isTrue();
    assertThat(mean.rounds()).isEqualTo(rounds).isEqualTo(stop.get("iters").intValue());
    double[] mu = new double[d];
    mean.mean(mu);
    Golden.assertClose("mean", mu, Golden.numbers(stop.get("mu")), TOLERANCE);
    Golden.assertClose(
        "lambda", new double[] {mean.lambda()}, Golden.numbers(stop.get("lam")), TOLERANCE);
    double off = Math.sqrt(Arrays.stream(mu).map(m -> m * m).sum());
    assertThat(off).isCloseTo(stop.get("err").doubleValue(), within(TOLERANCE));
    assertThat(off).isCloseTo(error, within(5e-5));
    double bad = 0;
    for (int i = golden.get("first_bad").intValue(); i < n; i++) {
      bad += mean.weights()[i];
    }
    assertThat(bad).isCloseTo(stop.get("bad_mass").doubleValue(), within(TOLERANCE));
  }

  @Test
  void the_aggregator_takes_its_bound_from_the_rows() {
    RobustMean mean = new RobustMean(RobustRule.aggregate(Variant.FILTER, eps));
    assertThat(mean.weigh(rows(), n, d)).isTrue();
    double[] mu = new double[d];
    mean.mean(mu);
    JsonNode expected = golden.get("aggregate");
    Golden.assertClose("mean", mu, Golden.numbers(expected.get("mu")), TOLERANCE);
    Golden.assertClose("q", front(mean.weights(), n), Golden.numbers(expected.get("q")), TOLERANCE);
    assertThat(mean.rounds()).isOne();
    assertThat(mean.removed()).isCloseTo(0.25178736, within(1e-8));
    assertThat(mean.xi()).isCloseTo(3.14848821, within(1e-8));
  }

  @ParameterizedTest(name = "{0} coordinates")
  @CsvSource({"60", "61", "200"})
  void long_rows_are_weighed_by_their_inner_products_alone(int length) {
    double[] x = rows();
    // an isometry of the plane of the rows into a longer one, by Householder reflections
    double[] moved = new double[n * length];
    double[] normal = new double[length];
    double size = 0;
    for (int j = 0; j < length; j++) {
      normal[j] = 1.0 / (1 + j % 7) - 0.3;
      size += normal[j] * normal[j];
    }
    for (int i = 0; i < n; i++) {
      double along = 0;
      for (int j = 0; j < d; j++) {
        along += normal[j] * x[i * d + j];
      }
      for (int j = 0; j < length; j++) {
        moved[i * length + j] = (j < d ? x[i * d + j] : 0) - 2 * along / size * normal[j] + 1e4;
      }
    }
    RobustMean mean = new RobustMean(RobustRule.mean(Variant.FILTER, eps, xi));
    assertThat(mean.begin(moved, n, length)).isTrue();
    for (JsonNode step : golden.get("runs").get("filter").get("steps")) {
      Golden.assertClose("q", front(mean.weights(), n), Golden.numbers(step.get("q")), TOLERANCE);
      mean.round();
    }
  }

  @Test
  void points_of_the_capped_simplex() {
    JsonNode expected = golden.get("projection");
    double cap = expected.get("cap").doubleValue();
    double[] z = Golden.numbers(expected.get("z"));
    double[] kl = z.clone();
    Projections.cappedSimplexEntropy(kl, cap, new double[z.length]);
    Golden.assertClose("kl", kl, Golden.numbers(expected.get("kl")), TOLERANCE);
    double[] l2 = z.clone();
    Projections.cappedSimplex(l2, cap);
    Golden.assertClose("l2", l2, Golden.numbers(expected.get("l2")), TOLERANCE);
    double[] longer = Arrays.copyOf(z, z.length + 3);
    Arrays.fill(longer, z.length, longer.length, 7);
    Projections.cappedSimplex(z.length, longer, cap);
    assertThat(front(longer, z.length)).isEqualTo(l2);
    assertThat(longer[z.length]).isEqualTo(7);
  }

  @Test
  void regression_on_pairs_of_which_some_are_bad() {
    JsonNode expected = golden.get("regression");
    double[] x = Golden.numbers(expected.get("X"));
    double[] y = Golden.numbers(expected.get("Y"));
    int pairs = y.length;
    RobustRegression regression = new RobustRegression(3, 1, 8, 500);
    regression.begin(pairs);
    assertThat(regression.fit(x, y, pairs)).isTrue();
    assertThat(regression.noise(pairs))
        .isCloseTo(expected.get("F2_uniform").doubleValue(), within(50 * TOLERANCE));
    Golden.assertClose(
        "scores at equal weights",
        front(regression.scores(), pairs),
        Golden.numbers(expected.get("g2_uniform")),
        TOLERANCE);

    double[] plain = new double[3];
    assertThat(new RobustRegression(3, 1e9, Double.POSITIVE_INFINITY, 0).solve(x, y, pairs, plain))
        .isTrue();
    Golden.assertClose("ols", plain, Golden.numbers(expected.get("ols")), TOLERANCE);
    double[] theta = new double[3];
    assertThat(regression.solve(x, y, pairs, theta)).isTrue();
    Golden.assertClose("robust", theta, Golden.numbers(expected.get("robust")), TOLERANCE);
    assertThat(regression.rounds()).isEqualTo(expected.get("iters").intValue());
    assertThat(regression.noise()).isCloseTo(expected.get("F2").doubleValue(), within(TOLERANCE));
    assertThat(regression.leverage())
        .isCloseTo(expected.get("F1").doubleValue(), within(4 * TOLERANCE));
    double[] truth = Golden.numbers(expected.get("theta_true"));
    assertThat(distance(plain, truth)).isCloseTo(3.127, within(5e-4));
    assertThat(distance(theta, truth)).isCloseTo(0.0469, within(5e-5));
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }
}
