package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MsgdTest {
  private static final double TOLERANCE = 1e-10;
  private static final JsonNode GOLDEN = Golden.read("msgd_pca");
  private static final Map<String, Object> PCA = Map.of("type", "online-pca", "d", 4);
  private static final double[] DEVIATIONS = {2, Math.sqrt(3), Math.sqrt(2), 1};

  private static OneLevel pca(double momentum, Object anneal) {
    return OneLevel.of(
        PCA,
        Map.of("method", "msgd", "eta", 5e-4, "momentum", momentum, "anneal", anneal),
        0,
        1,
        0,
        0);
  }

  /** The samples of the reference: N(0, diag(4, 3, 2, 1)). */
  private static double[] sample(SplitMix64 rng) {
    double[] x = new double[DEVIATIONS.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = DEVIATIONS[i] * rng.gaussian();
    }
    return x;
  }

  @Test
  void iterates_follow_the_reference_from_the_first_move_on() {
    OneLevel pca = pca(GOLDEN.get("mu").doubleValue(), "none");
    assertThat(GOLDEN.get("eta").doubleValue()).isEqualTo(5e-4);
    for (int k = 0; k < GOLDEN.get("samples").size(); k++) {
      Golden.assertClose("w at " + k, pca.x(), iterate(k), TOLERANCE);
      pca.step(Golden.numbers(GOLDEN.get("samples").get(k)));
    }
    Golden.assertClose("w at the end", pca.x(), iterate(50), TOLERANCE);
  }

  private static double[] iterate(int k) {
    return Golden.numbers(GOLDEN.get("iterates").get(k));
  }

  @Test
  void a_change_of_phase_makes_the_step_smaller_from_the_step_it_names() {
    OneLevel pca = pca(0.9, Map.of("kind", "step", "at", 1500));
    SplitMix64 rng = new SplitMix64(100);
    for (int k = 0; k < 3000; k++) {
      double[] sample = sample(rng);
      if (k < 50) {
        assertThat(sample)
            .containsExactly(Golden.numbers(GOLDEN.get("samples").get(k)), within(1e-15));
      }
      pca.step(sample);
      JsonNode then = GOLDEN.get("at").get("k" + (k + 1));
      if (then != null) {
        Golden.assertClose("w after " + (k + 1), pca.x(), Golden.numbers(then), TOLERANCE);
      }
    }
    assertThat(pca.figure("step-size")).isCloseTo(5e-5, within(1e-18));
    assertThat(pca.figure("momentum")).isEqualTo(0.9);
  }

  @Test
  void momentum_leaves_the_saddle_as_much_sooner_as_published() {
    List<Integer> with = new ArrayList<>();
    List<Integer> without = new ArrayList<>();
    for (long seed = 100; seed < 106; seed++) {
      with.add(stepsToNineTenths(0.9, seed));
      without.add(stepsToNineTenths(0, seed));
    }
    assertThat(with).allMatch(steps -> steps >= 582 && steps <= 1234).contains(582, 1234);
    assertThat(without).allMatch(steps -> steps >= 6907 && steps <= 8416).contains(6907, 8416);
  }

  private static int stepsToNineTenths(double momentum, long seed) {
    OneLevel pca = pca(momentum, "none");
    SplitMix64 rng = new SplitMix64(seed);
    double first = 0;
    int steps = 0;
    while (first * first <= 0.9 && steps < 20_000) {
      pca.step(sample(rng));
      first = pca.x()[0];
      steps++;
    }
    return steps;
  }

  @Test
  void annealed_the_error_is_a_tenth_of_that_without() {
    assertThat(meanError("none")).isCloseTo(0.048, within(0.005));
    assertThat(meanError(Map.of("kind", "step", "at", 5000))).isCloseTo(0.0043, within(0.0005));
    assertThat(meanError(Map.of("kind", "momentum", "at", 5000, "length", 1000)))
        .isCloseTo(0.0043, within(0.0005));
  }

  /** 1 - w_1^2 on average after the phase has changed. */
  private static double meanError(Object anneal) {
    OneLevel pca = pca(0.9, anneal);
    SplitMix64 rng = new SplitMix64(7);
    double sum = 0;
    for (int k = 0; k < 400_000; k++) {
      pca.step(sample(rng));
      if (k >= 20_000) {
        double first = pca.x()[0];
        sum += 1 - first * first;
      }
    }
    return sum / 380_000;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variances")
  void around_a_minimum_x_varies_as_the_closed_form_says(
      String name, double eta, double momentum, double curvature, double expected) {
    double closed =
        eta
            * (1 + momentum)
            / (curvature * (1 - momentum) * (2 * (1 + momentum) - eta * curvature));
    assertThat(closed).isCloseTo(expected, within(1e-12));
    Solver solver = onLine(curvature, eta, momentum, 0);
    SplitMix64 rng = new SplitMix64(3);
    Batch noise = new Batch(Line.SCHEMA, 1);
    StepInput input = new StepInput(List.of(), List.of(noise));
    double[] x = new double[1];
    double sum = 0;
    int steps = 1_000_000;
    for (int k = 0; k < steps; k++) {
      fill(noise, rng.gaussian());
      solver.step(input);
      solver.upper(x);
      sum += x[0] * x[0];
    }
    assertThat(sum / steps).isCloseTo(closed, within(0.04 * closed));
  }

  static List<Arguments> variances() {
    List<Arguments> out = new ArrayList<>();
    for (JsonNode each : GOLDEN.get("variance")) {
      out.add(
          Arguments.of(
              each.toString(),
              each.get("eta").doubleValue(),
              each.get("mu").doubleValue(),
              each.get("lam").doubleValue(),
              each.get("value").doubleValue()));
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("growths")
  void along_negative_curvature_x_grows_as_the_closed_form_says(
      String name, double eta, double momentum, double curvature, double expected) {
    Solver solver = onLine(-curvature, eta, momentum, 1);
    Batch quiet = new Batch(Line.SCHEMA, 1);
    fill(quiet, 0);
    double[] x = new double[1];
    double before = 1;
    for (int k = 0; k < 400; k++) {
      solver.upper(x);
      before = x[0];
      solver.step(new StepInput(List.of(), List.of(quiet)));
    }
    solver.upper(x);
    assertThat(x[0] / before).isCloseTo(expected, within(1e-10));
  }

  static List<Arguments> growths() {
    List<Arguments> out = new ArrayList<>();
    for (JsonNode each : GOLDEN.get("growth")) {
      out.add(
          Arguments.of(
              each.toString(),
              each.get("eta").doubleValue(),
              each.get("mu").doubleValue(),
              each.get("lam").doubleValue(),
              each.get("value").doubleValue()));
    }
    return out;
  }

  private static Solver onLine(double curvature, double eta, double momentum, double x1) {
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", "msgd", "eta", eta, "momentum", momentum)),
            new Line(curvature),
            new double[] {x1},
            new double[0],
            Constraint.NONE,
            1);
    solver.step(new StepInput(List.of(), List.of()));
    return solver;
  }

  private static void fill(Batch batch, double value) {
    batch.clear();
    batch.openRow();
    batch.set(0, 0, value);
    batch.commitRow();
  }

  static List<Arguments> annealings() {
    return List.of(
        Arguments.of("none", 0, 1, 0.8),
        Arguments.of("none", 900, 1, 0.8),
        Arguments.of(Map.of("kind", "none"), 900, 1, 0.8),
        Arguments.of(Map.of("kind", "step", "at", 10), 9, 1, 0.8),
        Arguments.of(Map.of("kind", "step", "at", 10), 10, 0.2, 0.8),
        Arguments.of(Map.of("kind", "momentum", "at", 10, "length", 4), 9, 1, 0.8),
        Arguments.of(Map.of("kind", "momentum", "at", 10, "length", 4), 10, 1, 0.6),
        Arguments.of(Map.of("kind", "momentum", "at", 10, "length", 4), 12, 1, 0.2),
        Arguments.of(Map.of("kind", "momentum", "at", 10, "length", 4), 13, 1, 0),
        Arguments.of(Map.of("kind", "momentum", "at", 10, "length", 4), 99, 1, 0));
  }

  @ParameterizedTest(name = "{0}, step {1}")
  @MethodSource("annealings")
  void step_and_momentum_change_as_their_kind_says(
      Object anneal, int k, double factor, double momentum) {
    Annealing annealing =
        Annealing.of(Settings.of("solver", Map.of("momentum", 0.8, "anneal", anneal)));
    assertThat(annealing.stepFactor(k)).isCloseTo(factor, within(1e-15));
    assertThat(annealing.momentum(k)).isCloseTo(momentum, within(1e-15));
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(Map.of("momentum", 1), "solver.momentum must be in [0, 1), but was 1.0"),
        Arguments.of(
            Map.of("anneal", "step"),
            "solver.anneal must say when: {kind: step, at: 1000}, but was step"),
        Arguments.of(
            Map.of("anneal", "stepp"),
            "solver.anneal must be one of none, step, momentum, but was \"stepp\"; did you mean"
                + " \"step\"?"),
        Arguments.of(
            Map.of("anneal", Map.of("kind", "step")),
            "solver.anneal.at is required with kind: step, a number of steps"),
        Arguments.of(
            Map.of("anneal", Map.of("kind", "step", "at", 5, "length", 5)),
            "solver.anneal.length has no meaning with kind: step"),
        Arguments.of(
            Map.of("anneal", Map.of("kind", "momentum", "at", 5)),
            "solver.anneal.length is required with kind: momentum, a number of steps"),
        Arguments.of(
            Map.of("anneal", Map.of("kind", "momentum", "at", -1, "length", 5)),
            "solver.anneal.at must be at least 0, but was -1"),
        Arguments.of(
            Map.of("anneal", Map.of("knd", "step")),
            "solver.anneal.knd is not known here; did you mean \"kind\"?"),
        Arguments.of(Map.of("eta", 0), "solver.eta must be in (0, inf), but was 0.0"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(Map<String, ?> keys, String message) {
    Map<String, Object> all = new LinkedHashMap<>(keys);
    all.put("method", "msgd");
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> OneLevel.of(PCA, all, 0, 1, 0, 0))
        .withMessage(message);
  }

  @Test
  void a_method_and_a_problem_of_different_levels_are_refused() {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> OneLevel.of(PCA, Map.of("method", "mgbio"), 0, 1, 0, 0))
        .withMessage(
            "solver.method must be one of msgd, geometric-step-decay because the problem has no"
                + " lower level, but was mgbio");
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () ->
                OneLevel.of(
                    Map.of("type", "pl-game", "dx", 1, "dy", 2), Map.of("method", "msgd"), 0))
        .withMessageStartingWith("solver.method must be one of auto, mgbio, msgbio, vr-msgbio")
        .withMessageEndingWith(" because the problem has a lower level, but was msgd");
  }

  @Test
  void a_family_that_goes_part_of_the_way_refuses_a_sphere() {
    Constraint sphere =
        Constraints.of(
            Settings.of("upper", Map.of("constraint", "sphere")),
            RandomGame.DX,
            RandomGame.problem().upperBounds());
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () ->
                Methods.create(
                    Settings.of("solver", Map.of("method", "msgbio")),
                    RandomGame.problem(),
                    new double[] {1, 0, 0},
                    new double[RandomGame.DY],
                    sphere,
                    1))
        .withMessage(
            "upper.constraint must be a convex set for msgbio, which goes part of the way to a"
                + " projection: a sphere is none");
  }

  @Test
  void every_method_takes_what_it_says_it_reads() {
    for (MethodInfo info : Methods.all()) {
      MethodFixture fixture = MethodFixture.of(info.id());
      Map<String, Object> keys = new LinkedHashMap<>(fixture.solver());
      keys.put("method", info.id());
      var problem = fixture.create();
      Solver solver =
          Methods.create(
              Settings.of("solver", keys),
              problem,
              problem.defaultUpper(),
              problem.defaultLower(),
              Constraint.NONE,
              1);
      Supply supply = Supply.of(problem, 1);
      int lower = 0;
      for (int t = 0; t < 100; t++) {
        lower += solver.next().lower();
        solver.step(supply.next(solver.next()));
      }
      assertThat(lower > 0).as(info.id()).isEqualTo(Methods.reads(info.id()).contains(Level.LOWER));
    }
  }

  /** f = c x^2 / 2 + xi x with xi of variance 1: the least that noise and curvature can be. */
  private static final class Line implements BilevelOracle {
    private static final SampleSchema SCHEMA = new SampleSchema(List.of(Field.scalar("xi")), false);

    private final double curvature;

    Line(double curvature) {
      this.curvature = curvature;
    }

    @Override
    public int upperDim() {
      return 1;
    }

    @Override
    public int lowerDim() {
      return 0;
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of(Capability.VALUE, Capability.FIRST_ORDER);
    }

    @Override
    public SampleSchema schema(Level level) {
      return SCHEMA;
    }

    @Override
    public double upperValue(double[] x, double[] y, Batch xi) {
      return (0.5 * curvature * x[0] + xi.column(0)[0]) * x[0];
    }

    @Override
    public double lowerValue(double[] x, double[] y, Batch zeta) {
      return 0;
    }

    @Override
    public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
      fx[0] = curvature * x[0] + xi.column(0)[0];
      return upperValue(x, y, xi);
    }

    @Override
    public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
      upperGradients(x, y, xi, fx, y);
    }

    @Override
    public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
      return upperValue(x, y, xi);
    }

    @Override
    public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
      gx[0] = 0;
    }

    @Override
    public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
      return 0;
    }
  }
}
