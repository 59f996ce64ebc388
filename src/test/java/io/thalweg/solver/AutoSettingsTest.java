package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AutoSettingsTest {
  private static Problem problem(String type, boolean sources) {
    Map<String, Object> keys = new LinkedHashMap<>(Map.of("type", type, "features", 3));
    if (sources) {
      keys.put("sources", 2);
    }
    return Problems.create(Settings.of("problem", keys));
  }

  private static Solver solver(Problem problem, Map<String, ?> own) {
    Map<String, Object> keys = new LinkedHashMap<>(own);
    keys.put("method", "auto");
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        1);
  }

  static List<Arguments> mistakes() {
    String logistic = "logistic-regression";
    return List.of(
        Arguments.of(
            logistic,
            Map.of("robust", Map.of("aggregator", "low-regret")),
            "solver.robust.aggregator must be filter or none with auto, which takes records one by"
                + " one, but was low-regret"),
        Arguments.of(
            logistic,
            Map.of("robust", Map.of("xi", 2)),
            "solver.robust.xi has no meaning for auto, which takes records one by one"),
        Arguments.of(
            logistic,
            Map.of("robust", Map.of("contamination", 0.4)),
            "solver.robust.contamination must be"),
        Arguments.of(
            logistic,
            Map.of("estimator", "plain", "momentum", 0.5),
            "solver.momentum has no meaning for estimator: plain"),
        Arguments.of(logistic, Map.of("estimator", "storn"), "solver.estimator must be one of"),
        Arguments.of(logistic, Map.of("momentum", 0), "solver.momentum must be"),
        Arguments.of(
            logistic,
            Map.of("source-weights", true),
            "solver.source-weights needs problem.sources"),
        Arguments.of(
            "ridge-regression",
            Map.of("class-weights", Map.of("scale", "log")),
            "solver.class-weights needs labels that are classes"),
        Arguments.of(
            logistic,
            Map.of("class-weights", Map.of("least", 2)),
            "solver.class-weights.least must be"),
        Arguments.of(
            logistic,
            Map.of("class-weights", Map.of("scale", "cubic")),
            "solver.class-weights.scale must be one of"),
        Arguments.of(
            logistic,
            Map.of("frozen", List.of("step-sizes")),
            "solver.frozen must name upper variables, such as "),
        Arguments.of(
            logistic,
            Map.of("class-weights", Map.of("scale", "simplex"), "frozen", List.of("class-*")),
            "solver.frozen must leave class weights free with scale: simplex"));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("mistakes")
  void a_setting_that_cannot_be_is_refused(String type, Map<String, ?> own, String message) {
    Problem problem = problem(type, false);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> solver(problem, own))
        .withMessageStartingWith(message);
  }

  @Test
  void upper_variables_have_names_units_and_places() {
    Problem problem = problem("logistic-regression", true);
    Map<String, Object> keys =
        Map.of("method", "auto", "class-weights", Map.of("scale", "log"), "source-weights", true);
    Solver solver = solver(problem, keys);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < solver.ownUpper(); i++) {
      names.add(solver.ownUpperName(i));
    }
    assertThat(names)
        .containsExactly(
            "step-size.0",
            "step-size.1",
            "step-size.2",
            "step-size.3",
            "class-weight.0",
            "class-weight.1",
            "source-weight.0",
            "source-weight.1",
            "source-weight.age");
    assertThat(solver.upperDim())
        .isEqualTo(Methods.upperDim(Settings.of("solver", keys), problem))
        .isEqualTo(problem.upperDim() + names.size());
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    int last = x.length - 1;
    assertThat(solver.ownUpperUnit(x[last - 3])).isEqualTo(1);
    assertThat(solver.ownUpperUnit(x[last - 1])).isBetween(0.88, 0.89);
  }

  @Test
  void all_step_sizes_may_be_frozen_by_a_pattern() {
    Problem problem = problem("logistic-regression", true);
    Solver solver = solver(problem, Map.of("frozen", List.of("step-size.*")));
    Supply supply = Supply.of(problem, 3, 20);
    for (int t = 0; t < 10; t++) {
      solver.step(supply.next(solver.next()));
    }
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    double first = x[problem.upperDim()];
    for (int i = problem.upperDim(); i < x.length; i++) {
      assertThat(x[i]).isEqualTo(first);
    }
  }

  @Test
  void a_robust_portfolio_has_a_twin_of_every_member_but_the_reference() {
    Map<String, Object> keys =
        Map.of("method", "auto", "robust", Map.of("contamination", 0.1, "dead-letters", true));
    assertThat(Methods.members(Settings.of("solver", keys))).isEqualTo(11);
    assertThat(Methods.namesRemoved(Settings.of("solver", keys))).isTrue();
    assertThat(Methods.aggregates(Settings.of("solver", keys))).isFalse();
    List<String> names = new ArrayList<>();
    solver(problem("logistic-regression", false), keys)
        .members((name, weight, y) -> names.add(name));
    assertThat(names).hasSize(11).contains("robust-tuned-start").doesNotContain("robust-reference");
  }
}
