package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The penalty as a problem tells it is the part of the lower level that needs no data. */
class LowerPenaltyTest {
  /** Problem, and how many entries of the lower variable are not penalised. */
  static List<Arguments> penalised() {
    Map<String, ?> perFeature = Map.of("l2", Map.of("per", "feature"));
    Map<String, ?> groups =
        Map.of(
            "l2",
            Map.of("per", "group", "scale", "linear", "init", 0.3, "bounds", List.of(0, 5)),
            "groups",
            List.of(0, 1, 0, 2, 1));
    return List.of(
        Arguments.of(problem("logistic-regression", perFeature, true), 1),
        Arguments.of(problem("logistic-regression", groups, false), 0),
        Arguments.of(problem("ridge-regression", perFeature, true), 1),
        Arguments.of(problem("softmax-regression", perFeature, true), 3),
        Arguments.of(problem("softmax-regression", Map.of("l2", Map.of("per", "class")), true), 3),
        Arguments.of(
            Map.of(
                "type",
                "data-cleaning",
                "features",
                5,
                "classes",
                3,
                "terms",
                8,
                "reg",
                0.2,
                "bias",
                true),
            3));
  }

  private static Map<String, Object> problem(
      String type, Map<String, ?> hyperparameters, boolean bias) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("type", type);
    keys.put("features", 5);
    keys.put("bias", bias);
    keys.put("hyperparameters", hyperparameters);
    if (type.startsWith("softmax")) {
      keys.put("classes", 3);
    }
    return keys;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("penalised")
  void rows_without_features_leave_the_penalty_alone(Map<String, ?> keys, int free) {
    Problem problem = Draws.problem(keys);
    Draws draws = new Draws(3);
    Batch zeta = new Batch(problem.schema(Level.LOWER), 6);
    Batch drawn = draws.batch(problem.schema(Level.LOWER), 6);
    for (int r = 0; r < 6; r++) {
      zeta.appendRow(drawn, r);
    }
    List<Field> fields = zeta.schema().fields();
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).kind() == Field.Kind.FEATURES) {
        Arrays.fill(zeta.column(f), 0);
      }
    }
    double[] x = problem.defaultUpper();
    double[] shift = draws.vector(x.length);
    for (int i = 0; i < x.length; i++) {
      x[i] += 0.2 * shift[i];
    }
    int q = problem.lowerDim();
    double[] y = draws.vector(q);
    double[] v = draws.vector(q);
    double[] e = draws.vector(q);
    double[] gy = new double[q];
    double[] hv = new double[q];
    assertThat(problem.lowerPenalty(x, e)).isTrue();
    problem.gradLowerY(x, y, zeta, gy);
    problem.hvp(x, y, v, zeta, hv);
    int unpenalised = 0;
    for (int j = 0; j < q; j++) {
      if (e[j] == 0) {
        unpenalised++;
      } else {
        assertThat(gy[j]).isCloseTo(e[j] * y[j], Offset.offset(1e-15));
        assertThat(hv[j]).isCloseTo(e[j] * v[j], Offset.offset(1e-15));
      }
    }
    assertThat(unpenalised).isEqualTo(free);
  }

  @Test
  void a_problem_without_a_penalty_leaves_the_weights_alone() {
    double[] e = {1, 2, 3, 4};
    Problem game = Draws.problem(Map.of("type", "pl-game", "dx", 3, "dy", 4, "c", 1));
    assertThat(game.lowerPenalty(new double[3], e)).isFalse();
    assertThat(e).containsExactly(1, 2, 3, 4);
  }
}
