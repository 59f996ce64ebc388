package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemsTest {
  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(
            Map.of("type", "logistic-regresion"),
            "problem.type is not a known problem: \"logistic-regresion\"; did you mean"
                + " \"logistic-regression\"?"),
        Arguments.of(
            Map.of("type", "quadratic"),
            "problem.type is not a known problem: \"quadratic\"; expected one of "
                + String.join(", ", Problems.all().stream().map(ProblemInfo::id).toList())),
        Arguments.of(
            Map.of("type", "pl-game", "dx", 3), "problem.dy is required: expected a whole number"),
        Arguments.of(
            Map.of("type", "pl-game", "dx", 0, "dy", 1),
            "problem.dx must be in [1, 1000000], but was 0"),
        Arguments.of(
            Map.of("type", "pl-game", "dx", 1, "dy", 1, "C", 2),
            "problem.C is not a key of pl-game; did you mean \"c\"?"),
        Arguments.of(
            Map.of("type", "matrix-sensing", "d", 2, "r", 3),
            "problem.r must be at most d = 2, but was 3"),
        Arguments.of(
            Map.of("type", "logistic-regression", "features", 3, "encoding", "csr"),
            "problem.encoding must be one of auto, dense, sparse, but was \"csr\""),
        Arguments.of(
            logistic(Map.of("l2", Map.of("per", "groups"))),
            "problem.hyperparameters.l2.per must be one of feature, group, global, but was"
                + " \"groups\"; did you mean \"group\"?"),
        Arguments.of(
            logistic(Map.of("l2", Map.of("bounds", List.of(1, -1)))),
            "problem.hyperparameters.l2.bounds must be [lower, upper] with lower < upper, but was"
                + " [1.0, -1.0]"),
        Arguments.of(
            logistic(Map.of("l2", Map.of("init", 5))),
            "problem.hyperparameters.l2.init must lie within the bounds [-12.0, 4.0], but was 5.0"),
        Arguments.of(
            logistic(Map.of("l2", Map.of("per", "group"), "groups", List.of(0, 2, 2))),
            "problem.hyperparameters.groups must use every group number from 0 to 2, but not 1"),
        Arguments.of(
            logistic(Map.of("l2", Map.of("per", "group"), "groups", List.of(1, 3))),
            "problem.hyperparameters.groups must hold one group number per feature or group sizes"
                + " that add up to 3 features, but had 2 entries adding up to 4"),
        Arguments.of(
            Map.of("type", "few-shot", "p", 2, "k", 1000, "tasks", 10_001),
            "problem.tasks must be at most 10000 with k = 1000, but was 10001"),
        Arguments.of(
            Map.of("type", "strict-saddle", "s-a", -0.1),
            "problem.s-a must be in [0, inf), but was -0.1"),
        Arguments.of(
            Map.of("type", "minimax-saddle", "e", 1),
            "problem.e is not a key of minimax-saddle; expected one of type"),
        Arguments.of(
            Map.of("type", "w-shape", "l", 0.5), "problem.l must be in [1, inf), but was 0.5"),
        Arguments.of(
            Map.of("type", "finite-sum", "terms", 0),
            "problem.terms must be in [1, 1000000], but was 0"),
        Arguments.of(
            Map.of(
                "type",
                "rxgf-toy",
                "c",
                List.of(1),
                "d",
                List.of(1),
                "b",
                List.of(1),
                "shape",
                "convx"),
            "problem.shape must be one of convex, nonconvex, but was \"convx\"; did you mean"
                + " \"convex\"?"),
        Arguments.of(
            Map.of("type", "rxgf-toy", "c", List.of(1, 2), "d", List.of(1), "b", List.of(1)),
            "problem.d must hold 2 numbers, but had 1"),
        Arguments.of(
            toy(List.of(1, 2, 2.1, 5)),
            "problem.b must be symmetric, but row 1, column 0 was 2.1 and row 0, column 1 was 2.0"),
        Arguments.of(toy(List.of(1, 2, 2, 1)), "problem.b must be positive definite, but was not"),
        Arguments.of(
            Map.of("type", "coreset", "target", List.of()),
            "problem.target must hold 1 to 1000 numbers, but had 0"),
        Arguments.of(
            Map.of("type", "coreset", "points", List.of(1, 2, 3)),
            "problem.points must hold 2 numbers per point, as the target has, but had 3 in all"),
        Arguments.of(
            Map.of("type", "logistic-regression", "features", 3, "terms", 0),
            "problem.terms must be in [1, 1073741824], but was 0"),
        Arguments.of(
            logistic(Map.of("l2", Map.of("per", "class"))),
            "problem.hyperparameters.l2.per must be one of feature, group, global, but was"
                + " \"class\""),
        Arguments.of(
            Map.of("type", "softmax-regression", "features", 3, "classes", 1),
            "problem.classes must be in [2, 10000], but was 1"),
        Arguments.of(
            Map.of("type", "data-cleaning", "features", 3, "classes", 2),
            "problem.terms is required: expected a whole number"),
        Arguments.of(
            Map.of("type", "data-cleaning", "features", 3, "classes", 2, "terms", 9, "reg", -1),
            "problem.reg must be in [0, inf), but was -1.0"),
        Arguments.of(
            Map.of("type", "minimax-auc", "features", 3, "positive-share", 1),
            "problem.positive-share must be in (0, 1), but was 1.0"),
        Arguments.of(
            Map.of("type", "group-dro", "features", 3, "groups", 2, "shares", List.of(0.5, 0.6)),
            "problem.shares must be 2 positive numbers that add up to 1, but was [0.5, 0.6]"),
        Arguments.of(
            Map.of("type", "group-dro", "features", 3, "groups", 2, "rho", 0),
            "problem.rho must be in (0, inf), but was 0.0"),
        Arguments.of(
            Map.of("type", "com.example.Missing"),
            "problem.type names a class that is not on the class path: com.example.Missing"),
        Arguments.of(
            Map.of("type", "java.lang.String"),
            "problem.type must name a class that implements io.thalweg.problem.Problem:"
                + " java.lang.String"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(Map<String, ?> keys, String message) {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Problems.create(Settings.of("problem", keys)))
        .withMessage(message);
  }

  @Test
  void every_problem_that_is_listed_can_be_looked_up() {
    assertThat(Problems.all())
        .extracting(ProblemInfo::id)
        .containsExactly(
            "pl-game",
            "matrix-sensing",
            "few-shot",
            "strict-saddle",
            "minimax-saddle",
            "w-shape",
            "finite-sum",
            "online-pca",
            "phase-retrieval",
            "blind-deconvolution",
            "rxgf-toy",
            "coreset",
            "data-cleaning",
            "logistic-regression",
            "softmax-regression",
            "ridge-regression",
            "minimax-auc",
            "group-dro");
    assertThat(Problems.info("pl-game")).contains(Problems.all().get(0));
    assertThat(Problems.info("game")).isEmpty();
  }

  @Test
  void matrices_are_offered_only_where_they_can_be_held() {
    assertThat(Draws.problem(logistic(Map.of())).capabilities()).contains(Capability.DENSE);
    assertThat(
            Draws.problem(Map.of("type", "logistic-regression", "features", 1 << 20))
                .capabilities())
        .containsExactlyInAnyOrder(Capability.VALUE, Capability.FIRST_ORDER, Capability.PRODUCTS);
  }

  @Test
  void a_class_of_the_users_is_built_from_its_settings() {
    Problem problem = Draws.problem(Map.of("type", Custom.class.getName(), "features", 3));
    assertThat(problem).isInstanceOf(Custom.class);
    assertThat(problem.lowerDim()).isEqualTo(4);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Draws.problem(Map.of("type", Custom.class.getName())))
        .withMessage("problem.features is required: expected a whole number");
  }

  private static Map<String, ?> logistic(Map<String, ?> hyperparameters) {
    return Map.of("type", "logistic-regression", "features", 3, "hyperparameters", hyperparameters);
  }

  private static Map<String, ?> toy(List<? extends Number> b) {
    return Map.of("type", "rxgf-toy", "c", List.of(1, 2), "d", List.of(1, 2), "b", b);
  }
}
