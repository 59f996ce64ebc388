package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.problem.SaddleCase;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decorator that lets any method leave strict saddles. */
class EscapeTest {
  private static final long SEED = 7;

  private static Map<String, Object> keys(String method, Map<String, ?> escape, Object... others) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (int i = 0; i < others.length; i += 2) {
      keys.put((String) others[i], others[i + 1]);
    }
    keys.put("method", method);
    if (!escape.isEmpty()) {
      keys.put("escape", escape);
    }
    return keys;
  }

  private static Solver create(Problem problem, double[] x1, double[] y1, Map<String, ?> keys) {
    return Methods.create(Settings.of("solver", keys), problem, x1, y1, Constraint.NONE, SEED);
  }

  /** Methods that take the key, with one option each. */
  static List<Arguments> escaping() {
    return Methods.all().stream()
        .filter(info -> info.parameters().stream().map(Parameter::key).anyMatch("escape"::equals))
        .map(info -> Arguments.of(info.id(), info.needs().keySet().iterator().next()))
        .toList();
  }

  private static Map<String, Object> fixture(String method, String option, String mode) {
    Map<String, Object> keys =
        keys(method, Map.of("mode", mode, "eps", 1e6, "r", 0.02, "spacing", 4));
    keys.putAll(MethodFixture.of(method).solver());
    if (!option.isEmpty()) {
      keys.put("hypergradient", option);
    }
    return keys;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("escaping")
  void every_method_can_be_wrapped(String method, String option) {
    Problem problem = MethodFixture.of(method).create();
    for (String mode : List.of("shift", "folded")) {
      Map<String, Object> keys = fixture(method, option, mode);
      Solver whole = create(problem, problem.defaultUpper(), problem.defaultLower(), keys);
      Solver cut = create(problem, problem.defaultUpper(), problem.defaultLower(), keys);
      Supply supply = Supply.of(problem, 3);
      for (int t = 0; t < 40; t++) {
        StepInput input = supply.next(whole.next());
        assertThat(whole.step(input)).isInstanceOf(Verdict.Advanced.class);
        cut.step(input);
        if (t % 7 == 3) {
          Recorded state = Recorded.of(cut);
          cut = create(problem, problem.defaultUpper(), problem.defaultLower(), keys);
          cut.restore(state);
        }
      }
      assertThat(Recorded.of(cut).bits()).isEqualTo(Recorded.of(whole).bits());
      Map<String, Double> figures = new LinkedHashMap<>();
      whole.report(figures::put);
      // one in five moves, of which the first has no estimate unless step 1 made it
      assertThat(figures.get("perturbations")).isEqualTo(8);
      assertThat(figures.get("last-perturbation")).isBetween(35.0, 36.0);
    }
  }

  /** x is (0, 0) and y too: every direction is 0 there, and no method moves by itself. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "mgbio, dense, shift",
    "msgbio, lanczos, shift",
    "vr-msgbio, dense, shift",
    "vr-msgbio, linear-system, folded",
    "sgf, '', shift",
    "sgf, '', folded",
    "rxgf-qp1, '', folded"
  })
  void a_saddle_is_left_with_it_and_never_without(String method, String option, String mode) {
    SaddleCase saddle = SaddleCase.strict();
    Map<String, Object> keys =
        keys(method, Map.of("mode", mode, "eps", 1e-3, "r", 0.05, "spacing", 300));
    keys.put("gamma", 0.1);
    if (method.equals("sgf")) {
      // with y = 0 the flow is led to the saddle unless the constraint is to fall faster than f
      // lets it
      keys.put("eps", 0.01);
      keys.put("alpha", 1);
    }
    if (!option.isEmpty()) {
      keys.put("hypergradient", option);
      keys.put("lambda", 0.4);
      keys.put("eta", 1);
    }
    Repeated with = repeated(saddle, keys);
    with.steps(3000);
    assertThat(saddle.truth().value(with.x())).isLessThan(-0.14);
    assertThat(with.figure("perturbations")).isPositive();
    keys.remove("escape");
    Repeated without = repeated(saddle, keys);
    without.steps(3000);
    assertThat(without.x()).containsExactly(0, 0);
  }

  private static Repeated repeated(SaddleCase saddle, Map<String, Object> keys) {
    return new Repeated(
        create(saddle.problem(), new double[2], new double[2], keys),
        saddle.lower(),
        saddle.upper());
  }

  /**
   * On exact data a STORM estimate is the direction itself at the point it belongs to, whatever its
   * weight, as long as every correction compares the two points of one move.
   */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"shift", "folded"})
  void storm_pairs_stay_consistent_over_a_jump(String mode) {
    SaddleCase saddle = SaddleCase.strict();
    Repeated run =
        repeated(
            saddle,
            keys(
                "vr-msgbio",
                Map.of("mode", mode, "eps", 1e6, "r", 0.1, "spacing", 5),
                "c",
                0.1,
                "gamma",
                0.2));
    Problem problem = saddle.problem();
    double[] u = new double[2];
    double[] h = new double[2];
    double[] v = new double[2];
    for (int t = 0; t < 60; t++) {
      run.step();
      double[] x = run.x();
      double[] y = run.y();
      problem.upperGradients(x, y, saddle.upper(), u, h);
      problem.gradLowerY(x, y, saddle.lower(), v);
      assertThat(run.slot("u")).as("u at %d", t).containsExactly(u, within(1e-12));
      assertThat(run.slot("h")).as("h at %d", t).containsExactly(h, within(1e-12));
      assertThat(run.slot("v")).as("v at %d", t).containsExactly(v, within(1e-12));
    }
    assertThat(run.figure("perturbations")).isEqualTo(10);
    assertThat(Kernels.norm2(run.x())).isGreaterThan(0.05);
  }

  /**
   * So on exact data the weights of a STORM or SPIDER estimate make no difference, over jumps
   * neither; a correction between two points of different moves would.
   */
  @ParameterizedTest(name = "{0}: {1} = {2} or {3}, {4}")
  @CsvSource({
    "vr-msgbio, c, 0.1, 1, shift",
    "vr-msgbio, c, 0.1, 1, folded",
    "fdehbo, c-eta, 0.2, 4, shift",
    "fdehbo, c-eta, 0.2, 4, folded",
    "mrbo, c, 0.2, 4, shift",
    "mrbo, c, 0.2, 4, folded",
    "vrbo, period, 1, 1000, shift",
    "vrbo, period, 1, 1000, folded"
  })
  void weights_do_not_matter_on_exact_data(
      String method, String key, double a, double b, String mode) {
    SaddleCase saddle = SaddleCase.strict();
    Map<String, Object> keys =
        keys(method, Map.of("mode", mode, "eps", 1e6, "r", 0.1, "spacing", 5));
    keys.put(key, a);
    Repeated one = repeated(saddle, keys);
    keys.put(key, b);
    Repeated other = repeated(saddle, keys);
    one.steps(61);
    other.steps(61);
    assertThat(one.figure("perturbations")).isEqualTo(10);
    assertThat(one.x()).containsExactly(other.x(), within(1e-10));
    assertThat(one.y()).containsExactly(other.y(), within(1e-10));
  }

  /** The two modes of a method that evaluates where a step starts, one jump, by hand. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"shift", "folded"})
  void a_jump_moves_x_before_or_after_the_step(String mode) {
    Problem problem = MethodFixture.of("sgf").create();
    double[] x1 = {0.3, -0.2};
    double[] y1 = {0.1, 0.2};
    Solver wrapped =
        create(
            problem, x1, y1, keys("sgf", Map.of("mode", mode, "eps", 1e6, "r", 0.5, "spacing", 9)));
    Solver plain = create(problem, x1, y1, keys("sgf", Map.of()));
    Supply supply = Supply.of(problem, 4);
    for (Solver solver : List.of(wrapped, plain)) {
      Supply same = Supply.of(problem, 4);
      solver.step(same.next(solver.next()));
      solver.step(same.next(solver.next()));
    }
    supply.next(plain.next());
    StepInput input = supply.next(plain.next());
    double[] draw = new double[2];
    new SplitMix64(new SplitMix64(SEED).nextLong()).ball(0.5, draw);
    double[] expected = new double[2];
    if (mode.equals("shift")) {
      Recorded state = Recorded.of(plain);
      Kernels.axpy(1, draw, state.doubles.get("x"));
      plain.restore(state);
      plain.step(input);
      plain.upper(expected);
    } else {
      plain.step(input);
      plain.upper(expected);
      Kernels.axpy(1, draw, expected);
    }
    wrapped.step(input);
    double[] found = new double[2];
    wrapped.upper(found);
    assertThat(found).containsExactly(expected);
  }

  @Test
  void a_large_hypergradient_or_a_young_jump_leaves_the_method_as_it_is() {
    Problem problem = RandomGame.problem();
    double[] x1 = {0.3, -0.2, 0.1};
    Solver plain = create(problem, x1, new double[4], keys("msgbio", Map.of()));
    Solver wrapped =
        create(problem, x1, new double[4], keys("msgbio", Map.of("eps", 1e-9, "r", 0.5)));
    for (StepInput input : RandomGame.inputs(problem, 3, 60)) {
      plain.step(input);
      wrapped.step(input);
    }
    double[] expected = new double[3];
    double[] found = new double[3];
    plain.upper(expected);
    wrapped.upper(found);
    assertThat(found).containsExactly(expected);
  }

  @Test
  void steps_on_sparse_rows_take_the_dense_form_with_it() {
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of("type", "logistic-regression", "features", 6, "encoding", "sparse")));
    Map<String, Object> lazy = keys("msgbio", Map.of(), "hypergradient", "linear-system");
    double[] x1 = problem.defaultUpper();
    double[] y1 = problem.defaultLower();
    assertThat(create(problem, x1, y1, lazy).costGrowsWithModel()).isFalse();
    lazy.put("escape", Map.of("eps", 1e6, "spacing", 3));
    Solver solver = create(problem, x1, y1, lazy);
    assertThat(solver.costGrowsWithModel()).isTrue();
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(
            "msgbio", Map.of("ep", 1), "solver.escape.ep is not known here; did you mean \"eps\"?"),
        Arguments.of(
            "msgbio", Map.of("eps", 0), "solver.escape.eps must be in (0, inf), but was 0.0"),
        Arguments.of(
            "msgbio",
            Map.of("spacing", -1),
            "solver.escape.spacing must be at least 0, but was -1"),
        Arguments.of(
            "msgbio",
            Map.of("mode", "off"),
            "solver.escape.mode must be one of shift, folded, but was \"off\""),
        Arguments.of(
            "perturbed-aid",
            Map.of("eps", 1),
            "solver.escape has no meaning for perturbed-aid, which leaves saddles by itself: see"
                + " perturbation"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named(String method, Map<String, ?> escape, String message) {
    SaddleCase saddle = SaddleCase.strict();
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> repeated(saddle, keys(method, escape)))
        .withMessage(message);
  }
}
