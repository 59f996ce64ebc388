package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerivativesTest {
  static List<Arguments> cases() {
    List<Map<String, ?>> problems =
        List.of(
            Map.of("type", "pl-game", "dx", 3, "dy", 4, "c", 0.7),
            Map.of("type", "pl-game", "dx", 5, "dy", 1, "c", -2),
            Map.of("type", "matrix-sensing", "d", 4, "r", 2),
            Map.of("type", "matrix-sensing", "d", 3, "r", 3),
            Map.of("type", "online-pca", "d", 5),
            Map.of("type", "phase-retrieval", "d", 6),
            Map.of("type", "blind-deconvolution", "d1", 3, "d2", 5),
            logistic(5, "dense", true, Map.of("l2", Map.of("per", "feature"))),
            logistic(5, "sparse", true, Map.of("l2", Map.of("per", "feature"))),
            logistic(5, "sparse", false, Map.of("l2", Map.of("per", "global"))),
            logistic(
                5,
                "dense",
                true,
                Map.of("l2", Map.of("per", "group"), "groups", List.of(0, 1, 0, 2, 1))),
            logistic(
                5,
                "dense",
                false,
                Map.of("l2", Map.of("per", "group", "scale", "linear"), "groups", List.of(2, 3))));
    List<Arguments> out = new ArrayList<>();
    for (Map<String, ?> problem : problems) {
      for (long seed = 1; seed <= 3; seed++) {
        out.add(Arguments.of(problem, seed));
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("cases")
  void every_derivative_is_the_slope_of_the_value_below_it(Map<String, ?> keys, long seed) {
    Problem problem = Draws.problem(keys);
    Draws draws = new Draws(seed);
    Batch xi = draws.batch(problem.schema(Level.UPPER), 7);
    Batch zeta = draws.batch(problem.schema(Level.LOWER), 6);
    double[] x = draws.vector(problem.upperDim());
    double[] y = draws.vector(problem.lowerDim());
    double[] v = draws.vector(problem.lowerDim());
    new Derivatives(problem, xi, zeta, x, y, v).check();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13})
  void sparse_rows_mean_the_same_as_dense_ones(long seed) {
    Problem sparse = Draws.problem(logistic(9, "sparse", true, Map.of()));
    Problem dense = Draws.problem(logistic(9, "dense", true, Map.of()));
    Draws draws = new Draws(seed);
    Batch rows = draws.batch(sparse.schema(Level.LOWER), 13);
    Batch full = Draws.dense(rows, dense.schema(Level.LOWER));
    double[] x = draws.vector(9);
    double[] y = draws.vector(10);
    double[] v = draws.vector(10);
    assertThat(sparse.upperValue(x, y, rows))
        .isCloseTo(dense.upperValue(x, y, full), Offset.offset(1e-14));
    double[][] a = {new double[10], new double[10], new double[9], new double[100]};
    double[][] b = {new double[10], new double[10], new double[9], new double[100]};
    sparse.lowerProducts(x, y, v, rows, a[0], a[1], a[2]);
    dense.lowerProducts(x, y, v, full, b[0], b[1], b[2]);
    sparse.hessian(x, y, rows, a[3]);
    dense.hessian(x, y, full, b[3]);
    for (int k = 0; k < a.length; k++) {
      assertThat(a[k]).containsExactly(b[k], Offset.offset(1e-13));
    }
  }

  static Map<String, ?> logistic(
      int features, String encoding, boolean bias, Map<String, ?> hyperparameters) {
    return Map.of(
        "type", "logistic-regression",
        "features", features,
        "encoding", encoding,
        "bias", bias,
        "hyperparameters", hyperparameters);
  }
}
