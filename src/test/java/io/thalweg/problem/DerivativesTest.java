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

class DerivativesTest {
  static List<Arguments> cases() {
    List<Map<String, ?>> problems =
        List.<Map<String, ?>>of(
            Map.of("type", "pl-game", "dx", 3, "dy", 4, "c", 0.7),
            Map.of("type", "pl-game", "dx", 5, "dy", 1, "c", -2),
            Map.of("type", "matrix-sensing", "d", 4, "r", 2),
            Map.of("type", "matrix-sensing", "d", 3, "r", 3),
            Map.of("type", "few-shot", "p", 3, "k", 2, "tasks", 3),
            Map.of("type", "few-shot", "p", 2, "k", 5, "tasks", 4),
            Map.of("type", "strict-saddle"),
            Map.of("type", "strict-saddle", "s-a", 1, "s-b", 2, "s-n", 3, "s-f", 4),
            Map.of("type", "minimax-saddle"),
            Map.of("type", "w-shape"),
            Map.of("type", "w-shape", "e", 0.09, "l", 1.5),
            Map.of("type", "finite-sum"),
            Map.of("type", "finite-sum", "dx", 5, "dy", 2, "terms", 3, "nl", 2, "rho", 0),
            Map.of("type", "online-pca", "d", 5),
            Map.of("type", "phase-retrieval", "d", 6),
            Map.of("type", "blind-deconvolution", "d1", 3, "d2", 5),
            toy("convex"),
            toy("nonconvex"),
            Map.of("type", "coreset"),
            Map.of(
                "type",
                "coreset",
                "points",
                List.of(1, 2, 3, -1, 0, 2),
                "target",
                List.of(1, 1, 0)),
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
                Map.of("l2", Map.of("per", "group", "scale", "linear"), "groups", List.of(2, 3))),
            softmax("dense", true, Map.of("l2", Map.of("per", "feature"))),
            softmax("sparse", true, Map.of("l2", Map.of("per", "class"))),
            softmax("sparse", false, Map.of("l2", Map.of("per", "global"))),
            softmax(
                "dense",
                false,
                Map.of("l2", Map.of("per", "group", "scale", "linear"), "groups", List.of(1, 3))),
            cleaning("dense", true, 0.3),
            cleaning("sparse", false, 0),
            ridge("dense", true, Map.of("l2", Map.of("per", "feature"))),
            ridge("sparse", false, Map.of("l2", Map.of("per", "global", "scale", "linear"))),
            auc("dense", 0.3, 0),
            auc("sparse", 0.8, 0.7),
            dro("dense", "softmax", true),
            dro("sparse", "linear", false));
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

  static List<Arguments> pairs() {
    List<List<Map<String, ?>>> problems =
        List.of(
            List.of(logistic(9, "sparse", true, Map.of()), logistic(9, "dense", true, Map.of())),
            List.of(softmax("sparse", true, Map.of()), softmax("dense", true, Map.of())),
            List.of(cleaning("sparse", true, 0.1), cleaning("dense", true, 0.1)),
            List.of(ridge("sparse", true, Map.of()), ridge("dense", true, Map.of())),
            List.of(auc("sparse", 0.4, 0.1), auc("dense", 0.4, 0.1)),
            List.of(dro("sparse", "softmax", true), dro("dense", "softmax", true)));
    List<Arguments> out = new ArrayList<>();
    for (List<Map<String, ?>> pair : problems) {
      for (long seed = 11; seed <= 13; seed++) {
        out.add(Arguments.of(pair.get(0).get("type"), seed, pair.get(0), pair.get(1)));
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("pairs")
  void sparse_rows_mean_the_same_as_dense_ones(
      String type, long seed, Map<String, ?> sparseKeys, Map<String, ?> denseKeys) {
    Problem sparse = Draws.problem(sparseKeys);
    Problem dense = Draws.problem(denseKeys);
    Draws draws = new Draws(seed);
    Batch lower = draws.batch(sparse.schema(Level.LOWER), 13);
    Batch upper = draws.batch(sparse.schema(Level.UPPER), 11);
    double[] x = draws.vector(sparse.upperDim());
    double[] y = draws.vector(sparse.lowerDim());
    double[] v = draws.vector(sparse.lowerDim());
    double[][] a = all(sparse, lower, upper, x, y, v);
    double[][] b =
        all(
            dense,
            Draws.dense(lower, dense.schema(Level.LOWER)),
            Draws.dense(upper, dense.schema(Level.UPPER)),
            x,
            y,
            v);
    for (int k = 0; k < a.length; k++) {
      assertThat(a[k]).containsExactly(b[k], Offset.offset(1e-13));
    }
  }

  /** Whatever can be asked of a problem at one point. */
  private static double[][] all(
      Problem problem, Batch lower, Batch upper, double[] x, double[] y, double[] v) {
    int p = x.length;
    int q = y.length;
    double[][] out = {
      {problem.upperValue(x, y, upper), problem.lowerValue(x, y, lower)},
      new double[p],
      new double[q],
      new double[p],
      new double[q],
      new double[q],
      new double[p],
      new double[q * q],
      new double[p * q]
    };
    problem.upperGradients(x, y, upper, out[1], out[2]);
    problem.gradLowerX(x, y, lower, out[3]);
    problem.lowerProducts(x, y, v, lower, out[4], out[5], out[6]);
    problem.hessian(x, y, lower, out[7]);
    problem.cross(x, y, lower, out[8]);
    return out;
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

  private static Map<String, ?> toy(String shape) {
    return Map.of(
        "type", "rxgf-toy",
        "shape", shape,
        "c", List.of(0.9, 0.1, -1.8),
        "d", List.of(1.1, -0.5, 0.9),
        "b", List.of(0.9, 0.1, -0.2, 0.1, 0.7, 0.3, -0.2, 0.3, 1.1));
  }

  private static Map<String, ?> softmax(
      String encoding, boolean bias, Map<String, ?> hyperparameters) {
    return Map.of(
        "type",
        "softmax-regression",
        "features",
        4,
        "classes",
        3,
        "encoding",
        encoding,
        "bias",
        bias,
        "hyperparameters",
        hyperparameters);
  }

  private static Map<String, ?> cleaning(String encoding, boolean bias, double reg) {
    return Map.of(
        "type",
        "data-cleaning",
        "features",
        3,
        "classes",
        4,
        "terms",
        5,
        "reg",
        reg,
        "encoding",
        encoding,
        "bias",
        bias);
  }

  private static Map<String, ?> ridge(
      String encoding, boolean bias, Map<String, ?> hyperparameters) {
    return Map.of(
        "type", "ridge-regression",
        "features", 5,
        "encoding", encoding,
        "bias", bias,
        "hyperparameters", hyperparameters);
  }

  private static Map<String, ?> auc(String encoding, double share, double l2) {
    return Map.of(
        "type", "minimax-auc",
        "features", 4,
        "positive-share", share,
        "l2", l2,
        "encoding", encoding);
  }

  private static Map<String, ?> dro(String encoding, String weights, boolean bias) {
    return Map.of(
        "type",
        "group-dro",
        "features",
        3,
        "groups",
        3,
        "shares",
        List.of(0.5, 0.2, 0.3),
        "weights",
        weights,
        "rho",
        0.4,
        "l2",
        0.2,
        "encoding",
        encoding,
        "bias",
        bias);
  }
}
