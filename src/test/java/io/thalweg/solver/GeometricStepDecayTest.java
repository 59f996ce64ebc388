package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.SharpModel.Sharpness;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeometricStepDecayTest {
  private static final double TOLERANCE = 1e-10;
  private static final JsonNode GOLDEN = Golden.read("gsd_phase");

  private static Map<String, Object> keys(String model, double alpha0, int samples, int stages) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "geometric-step-decay");
    keys.put("model", model);
    keys.put("alpha0", alpha0);
    keys.put("K", samples);
    keys.put("T", stages);
    return keys;
  }

  private static Map<String, Object> phase(int d) {
    return Map.of("type", "phase-retrieval", "d", d, "outlier-rate", 0.2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"subgradient,subgradient", "proximal,proximal", "prox-linear,proxlinear"})
  void iterates_of_every_model_follow_the_reference(String model, String run) {
    double[] x0 = Golden.numbers(GOLDEN.get("x0"));
    OneLevel phase =
        OneLevel.of(phase(x0.length), keys(model, GOLDEN.get("lam").doubleValue(), 1000, 1), x0);
    JsonNode iterates = GOLDEN.get("runs").get(run);
    assertThat(iterates.size()).isEqualTo(50);
    for (int k = 0; k < iterates.size(); k++) {
      phase.step(Golden.numbers(GOLDEN.get("a").get(k)), Golden.numbers(GOLDEN.get("b").get(k)));
      Golden.assertClose(
          "x after " + (k + 1), phase.x(), Golden.numbers(iterates.get(k)), TOLERANCE);
    }
  }

  static List<Arguments> blind() {
    List<Arguments> out = new ArrayList<>();
    JsonNode cases = GOLDEN.get("blind_one_step");
    for (int i = 0; i < cases.size(); i++) {
      out.add(Arguments.of(i, "subgradient", "sub", cases.get(i)));
      out.add(Arguments.of(i, "proximal", "proximal", cases.get(i)));
      out.add(Arguments.of(i, "prox-linear", "proxlinear", cases.get(i)));
    }
    assertThat(out).hasSize(36);
    return out;
  }

  @ParameterizedTest(name = "case {0}, {1}")
  @MethodSource("blind")
  void one_step_of_blind_deconvolution_is_the_minimiser_of_its_model(
      int number, String model, String name, JsonNode golden) {
    double[] start = Golden.numbers(golden.get("w"));
    int d1 = start.length;
    double[] x = Golden.numbers(golden.get("x"));
    int d2 = x.length;
    start = java.util.Arrays.copyOf(start, d1 + d2);
    System.arraycopy(x, 0, start, d1, d2);
    OneLevel blind =
        OneLevel.of(
            Map.of("type", "blind-deconvolution", "d1", d1, "d2", d2),
            keys(model, golden.get("lam").doubleValue(), 10, 2),
            start);
    blind.step(
        Golden.numbers(golden.get("l")),
        Golden.numbers(golden.get("r")),
        Golden.numbers(golden.get("b")));
    Golden.assertClose("w, x", blind.x(), Golden.numbers(golden.get(name)), TOLERANCE);
  }

  @Test
  void steps_of_theory_are_those_of_the_table() {
    for (JsonNode row : GOLDEN.get("parameters")) {
      Problem problem =
          Problems.create(
              Settings.of(
                  "problem",
                  Map.of(
                      "type",
                      "phase-retrieval",
                      "d",
                      row.get("d").intValue(),
                      "outlier-rate",
                      row.get("p").doubleValue())));
      Sharpness sharpness = ((io.thalweg.oracle.SharpModel) problem).sharpness();
      assertThat(sharpness).isNotNull();
      assertThat(sharpness.mu()).isCloseTo(row.get("mu").doubleValue(), within(1e-15));
      assertThat(sharpness.lipschitz()).isCloseTo(row.get("L").doubleValue(), within(1e-14));
      int samples =
          SharpSteps.samples(sharpness, row.get("T").intValue(), row.get("shrink").doubleValue());
      assertThat(samples).isEqualTo(row.get("K").intValue());
      double alpha0 = row.get("alpha0").doubleValue();
      assertThat(SharpSteps.alpha0(sharpness, samples)).isCloseTo(alpha0, within(1e-14 * alpha0));
    }
    assertThat(SharpSteps.DEFAULT_STAGES)
        .isEqualTo(GOLDEN.get("parameters").get(0).get("T").intValue());
  }

  @Test
  void without_steps_of_the_users_those_of_practice_are_taken() {
    OneLevel brief =
        OneLevel.of(phase(20), Map.of("method", "geometric-step-decay"), new double[20]);
    JsonNode table = GOLDEN.get("parameters").get(2);
    assertThat(table.get("shrink").doubleValue()).isEqualTo(0.1);
    double alpha0 = 5 * table.get("alpha0").doubleValue();
    assertThat(brief.figure("step-size")).isCloseTo(alpha0, within(1e-14 * alpha0));
    OneLevel theory =
        OneLevel.of(
            phase(20),
            Map.of("method", "geometric-step-decay", "random-stop", true, "K", 14222),
            new double[20]);
    assertThat(theory.figure("step-size"))
        .isCloseTo(table.get("alpha0").doubleValue(), within(1e-14 * alpha0));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"subgradient,subgradient", "proximal,proximal", "prox-linear,proxlinear"})
  void the_distance_falls_from_stage_to_stage_as_in_the_reference(String model, String run) {
    double alpha0 = 5 * GOLDEN.get("parameters").get(2).get("alpha0").doubleValue();
    Retrieval retrieval = new Retrieval(20, 999, keys(model, alpha0, 3000, 16));
    double[] distances =
        Golden.numbers(GOLDEN.get("d20_T16_K3000_5alpha0_rng999_distances").get(run));
    assertThat(distances).hasSize(17);
    assertThat(retrieval.distance()).isCloseTo(distances[0], within(1e-15));
    for (int stage = 1; stage <= 16; stage++) {
      retrieval.take(3000);
      assertThat(retrieval.distance())
          .as("after stage %d", stage)
          .isCloseTo(distances[stage], within(1e-6 * distances[stage]));
    }
    assertThat(retrieval.phase.figure("median-residual")).isLessThan(1e-4);
    assertThat(retrieval.phase.figure("stage")).isEqualTo(15);
    assertThat(retrieval.phase.figure("stage-samples")).isEqualTo(3000);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"subgradient", "proximal", "prox-linear"})
  void a_step_that_does_not_decay_stays_at_its_floor(String model) {
    double alpha0 = 5 * GOLDEN.get("parameters").get(2).get("alpha0").doubleValue();
    Retrieval retrieval = new Retrieval(20, 999, keys(model, alpha0, 48_000, 1));
    retrieval.take(48_000);
    assertThat(retrieval.distance()).isGreaterThan(0.02);
  }

  @Test
  void stages_that_end_at_random_converge_too() {
    double alpha0 = 5 * GOLDEN.get("parameters").get(2).get("alpha0").doubleValue();
    Map<String, Object> keys = keys("prox-linear", alpha0, 6000, 16);
    keys.put("random-stop", true);
    Retrieval retrieval = new Retrieval(20, 5, keys);
    List<Double> ends = new ArrayList<>();
    double stage = 0;
    double inStage = 0;
    for (int k = 0; k < 96_000 && stage < 15; k++) {
      inStage = retrieval.phase.figure("stage-samples") + 1;
      retrieval.take(1);
      double now = retrieval.phase.figure("stage");
      if (now > stage) {
        ends.add(inStage);
        stage = now;
      }
    }
    assertThat(ends).hasSize(15).allMatch(end -> end >= 1 && end <= 6000).doesNotHaveDuplicates();
    assertThat(retrieval.distance()).isLessThan(1e-3);
  }

  @Test
  void points_passed_through_do_not_hang_on_how_samples_were_gathered() {
    Map<String, Object> keys = keys("proximal", 0.01, 7, 4);
    keys.put("random-stop", true);
    double[] x0 = {0.6, 0.1, -0.3};
    OneLevel single = OneLevel.of(phase(3), keys, x0);
    OneLevel gathered = OneLevel.of(phase(3), keys, x0);
    SplitMix64 rng = new SplitMix64(4);
    for (int step = 0; step < 12; step++) {
      Batch batch = RandomGame.batch(gathered.problem, Level.UPPER, rng, 1 + rng.index(6));
      for (int r = 0; r < batch.size(); r++) {
        double[] a = new double[3];
        System.arraycopy(batch.column(0), 3 * r, a, 0, 3);
        single.step(a, new double[] {batch.column(1)[r]});
      }
      gathered.solver.step(new StepInput(List.of(), List.of(batch)));
      assertThat(gathered.x()).isEqualTo(single.x());
    }
  }

  @Test
  void subgradients_of_any_problem_serve() {
    OneLevel pca =
        OneLevel.of(
            Map.of("type", "online-pca", "d", 3), keys("subgradient", 0.1, 2, 3), 0, 0.6, 0.8);
    double[] sample = {1, 2, -1};
    double a = 0.6 * 2 - 0.8;
    double[] moved = {
      0.1 * a * 1, 0.6 + 0.1 * (a * 2 - a * a * 0.6), 0.8 + 0.1 * (-a - a * a * 0.8)
    };
    double norm = Math.sqrt(moved[0] * moved[0] + moved[1] * moved[1] + moved[2] * moved[2]);
    pca.step(sample);
    for (int i = 0; i < 3; i++) {
      assertThat(pca.x()[i]).isCloseTo(moved[i] / norm, within(1e-15));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"subgradient", "proximal", "prox-linear"})
  void a_blind_deconvolution_with_outliers_is_solved(String model) {
    int d = 5;
    SplitMix64 rng = new SplitMix64(12);
    double[] w = new double[d];
    double[] x = new double[d];
    rng.sphere(1, w);
    rng.sphere(1, x);
    double[] start = new double[2 * d];
    double[] away = new double[d];
    rng.sphere(0.25, away);
    for (int i = 0; i < d; i++) {
      start[i] = w[i] + away[i];
      start[d + i] = x[i] - away[d - 1 - i];
    }
    OneLevel blind =
        OneLevel.of(
            Map.of("type", "blind-deconvolution", "d1", d, "d2", d),
            keys(model, 0.02, 2000, 12),
            start);
    double[] l = new double[d];
    double[] r = new double[d];
    for (int k = 0; k < 24_000; k++) {
      double p = 0;
      double q = 0;
      for (int i = 0; i < d; i++) {
        l[i] = rng.gaussian();
        r[i] = rng.gaussian();
        p += l[i] * w[i];
        q += r[i] * x[i];
      }
      double b = rng.uniform() < 0.15 ? 10 * rng.gaussian() : p * q;
      blind.step(l, r, new double[] {b});
    }
    double[] found = blind.x();
    double square = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double entry = found[i] * found[d + j] - w[i] * x[j];
        square += entry * entry;
      }
    }
    assertThat(Math.sqrt(square)).isLessThan(1e-4);
    assertThat(blind.figure("median-residual")).isLessThan(1e-4);
  }

  static List<Arguments> complaints() {
    Map<String, Object> pca = Map.of("type", "online-pca", "d", 2);
    Map<String, Object> blind = Map.of("type", "blind-deconvolution", "d1", 1, "d2", 1);
    return List.of(
        Arguments.of(
            pca,
            Map.of("model", "prox-linear"),
            "solver.model must be subgradient because the problem cannot minimise a model of a"
                + " sample as phase-retrieval and blind-deconvolution can, but was prox-linear"),
        Arguments.of(
            pca,
            Map.of("K", 5),
            "solver.alpha0 is required: the problem does not tell how sharp it is, so there is no"
                + " default"),
        Arguments.of(
            blind,
            Map.of("model", "proximal", "alpha0", 0.1),
            "solver.K is required: the problem does not tell how sharp it is, so there is no"
                + " default"),
        Arguments.of(
            phase(2),
            Map.of("model", "prox"),
            "solver.model must be one of subgradient, proximal, prox-linear, but was \"prox\""),
        Arguments.of(
            phase(2),
            Map.of("robust", Map.of("contamination", 0.2)),
            "solver.robust has nothing to weigh: geometric-step-decay takes the samples of a"
                + " batch one by one, and its sharp losses are robust by themselves"),
        Arguments.of(phase(2), Map.of("T", 0), "solver.T must be at least 1, but was 0"),
        Arguments.of(
            phase(2), Map.of("alpha0", -1), "solver.alpha0 must be in (0, inf), but was -1.0"),
        Arguments.of(
            Map.of("type", "phase-retrieval", "d", 2, "outlier-rate", 0.5),
            Map.of(),
            "problem.outlier-rate must be in [0, 0.5): nobody can tell when half are wrong, but"
                + " was 0.5"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(
      Map<String, ?> problem, Map<String, ?> keys, String message) {
    Map<String, Object> all = new LinkedHashMap<>(keys);
    all.put("method", "geometric-step-decay");
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> OneLevel.of(problem, all, 1, 0))
        .withMessage(message);
  }

  /** The reference's stream: x* on the unit sphere, a start at distance 1/2, a fifth wrong. */
  private static final class Retrieval {
    private final int d;
    private final SplitMix64 rng;
    private final double[] truth;
    final OneLevel phase;

    Retrieval(int d, long seed, Map<String, ?> keys) {
      this.d = d;
      rng = new SplitMix64(seed);
      truth = new double[d];
      rng.sphere(1, truth);
      double[] x0 = new double[d];
      rng.sphere(0.5, x0);
      for (int i = 0; i < d; i++) {
        x0[i] += truth[i];
      }
      phase = OneLevel.of(phase(d), keys, x0);
    }

    void take(int samples) {
      double[] a = new double[d];
      double[] b = new double[1];
      for (int k = 0; k < samples; k++) {
        double inner = 0;
        for (int i = 0; i < d; i++) {
          a[i] = rng.gaussian();
          inner += a[i] * truth[i];
        }
        b[0] = inner * inner;
        if (rng.uniform() < 0.2) {
          double g = rng.gaussian();
          b[0] = 10 * g * g;
        }
        phase.step(a, b);
      }
    }

    double distance() {
      double[] x = phase.x();
      double plus = 0;
      double minus = 0;
      for (int i = 0; i < d; i++) {
        minus += (x[i] - truth[i]) * (x[i] - truth[i]);
        plus += (x[i] + truth[i]) * (x[i] + truth[i]);
      }
      return Math.sqrt(Math.min(plus, minus));
    }
  }
}
