package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.Golden;
import io.thalweg.problem.Problem;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of x that are divided by roots of mean squares. */
class UpperStepTest {
  private static final String KEY = "upper-step";

  private static Solver create(Problem problem, Map<String, ?> keys) {
    double[] x1 = problem.defaultUpper();
    double[] y1 = problem.defaultLower();
    for (int i = 0; i < x1.length; i++) {
      x1[i] += 0.3 * (i % 2 == 0 ? 1 : -1) / (1 + i);
    }
    for (int j = 0; j < y1.length; j++) {
      y1[j] += (j % 2 == 0 ? 1.0 : -1.0) / (1 + j);
    }
    return Methods.create(Settings.of("solver", keys), problem, x1, y1, Constraint.NONE, 3);
  }

  private static double[] upper(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  static List<Arguments> taking() {
    return Methods.all().stream()
        .filter(info -> info.parameters().stream().map(Parameter::key).anyMatch(KEY::equals))
        .map(info -> Arguments.of(info.id(), info.needs().keySet().iterator().next()))
        .toList();
  }

  private static Map<String, Object> fixture(String method, String option) {
    Map<String, Object> keys = new LinkedHashMap<>(MethodFixture.of(method).solver());
    keys.put("method", method);
    if (!option.isEmpty()) {
      keys.put("hypergradient", option);
    }
    if (method.startsWith("perturbed")) {
      keys.put("perturbation", "off"); // jumps are no multiples of a derivative
    }
    return keys;
  }

  /** The first mean square is that of the first direction alone: every entry moves as far. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("taking")
  void the_first_move_is_as_long_in_every_entry_and_goes_where_it_went(
      String method, String option) {
    Problem problem = MethodFixture.of(method).create();
    Solver plain = create(problem, fixture(method, option));
    Map<String, Object> keys = fixture(method, option);
    keys.put(KEY, "rms");
    Solver divided = create(MethodFixture.of(method).create(), keys);
    Supply one = Supply.of(problem, 5);
    Supply two = Supply.of(problem, 5);
    double[] start = upper(plain);
    double[] there = start;
    double[] here = start;
    for (int t = 0; t < 3 && there[0] == start[0]; t++) {
      assertThat(plain.step(one.next(plain.next()))).isInstanceOf(Verdict.Advanced.class);
      assertThat(divided.step(two.next(divided.next()))).isInstanceOf(Verdict.Advanced.class);
      there = upper(plain);
      here = upper(divided);
    }
    double length = Math.abs(here[0] - start[0]);
    assertThat(length).isPositive();
    for (int i = 0; i < start.length; i++) {
      assertThat(here[i] - start[i])
          .as("entry %d", i)
          .isCloseTo(Math.signum(there[i] - start[i]) * length, within(1e-3 * length));
    }
  }

  /** Without a penalty the lower step of implicit-soba is the explicit one. */
  @Test
  void soba_with_it_is_implicit_soba_with_the_fresh_hypergradient_alone() {
    Map<String, Object> explicit = new LinkedHashMap<>();
    explicit.put("method", "soba");
    explicit.put("rho", 0.3);
    explicit.put("gamma", 0.05);
    explicit.put(KEY, Map.of("decay", 0.9));
    Map<String, Object> implicit = new LinkedHashMap<>(explicit);
    implicit.remove(KEY);
    implicit.put("method", "implicit-soba");
    implicit.put("beta", 1);
    implicit.put("rms", 0.9);
    Problem problem = RandomGame.problem();
    Solver one = create(problem, explicit);
    Solver two = create(RandomGame.problem(), implicit);
    Supply supply = Supply.of(problem, 8);
    for (int t = 0; t < 200; t++) {
      StepInput input = supply.next(one.next());
      one.step(input);
      two.step(input);
    }
    Golden.assertClose("x", upper(one), upper(two), 1e-9);
    Golden.assertClose(
        "mean square",
        Recorded.of(one).doubles.get("rms-x"),
        Recorded.of(two).doubles.get("q"),
        1e-9);
  }

  @Test
  void a_state_without_mean_squares_is_taken_up_and_they_start_anew() {
    Map<String, Object> keys = fixture("soba", "");
    Problem problem = MethodFixture.of("soba").create();
    Solver before = create(problem, keys);
    Supply supply = Supply.of(problem, 8);
    for (int t = 0; t < 30; t++) {
      before.step(supply.next(before.next()));
    }
    keys.put(KEY, "rms");
    Solver after = create(problem, keys);
    for (int t = 0; t < 10; t++) {
      after.step(supply.next(after.next()));
    }
    after.restore(Recorded.of(before));
    assertThat(after.steps()).isEqualTo(30);
    assertThat(Recorded.of(after).doubles.get("rms-x")).containsOnly(0);
    assertThat(Recorded.of(after).longs.get("rms-updates")).containsOnly(0);
    double[] from = upper(after);
    after.step(supply.next(after.next()));
    double[] to = upper(after);
    double length = Math.abs(to[0] - from[0]);
    assertThat(length).isPositive();
    for (int i = 0; i < to.length; i++) {
      assertThat(Math.abs(to[i] - from[i])).isCloseTo(length, within(1e-3 * length));
    }
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of("soba", "rmss", "solver.upper-step must be one of rms, but was \"rmss\""),
        Arguments.of(
            "soba",
            Map.of("deacy", 0.9),
            "solver.upper-step.deacy is not known here; did you mean \"decay\"?"),
        Arguments.of(
            "msgbio", Map.of("decay", 1), "solver.upper-step.decay must be in [0, 1), but was 1.0"),
        Arguments.of(
            "implicit-soba",
            "rms",
            "solver.upper-step has no meaning for implicit-soba, which divides by roots of mean"
                + " squares anyway (rms)"),
        Arguments.of(
            "sgf",
            "rms",
            "solver.upper-step has no meaning for sgf, whose direction of x belongs to that of"
                + " y"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named(String method, Object value, String message) {
    Map<String, Object> keys = fixture(method, "");
    keys.put(KEY, value);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> create(MethodFixture.of(method).create(), keys))
        .withMessageStartingWith(message);
  }
}
