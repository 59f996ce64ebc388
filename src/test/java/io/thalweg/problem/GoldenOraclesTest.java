package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values, gradients and products at one point, and the hypergradient at the solved lower level. */
class GoldenOraclesTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);
  private static final Offset<Double> SOLVED = Offset.offset(1e-11);

  static List<Arguments> cases() {
    return List.of(
        Arguments.of("logistic", DerivativesTest.logistic(3, "dense", false, Map.of())),
        Arguments.of("logistic", DerivativesTest.logistic(3, "sparse", false, Map.of())),
        Arguments.of("softmax_per_feature", softmax("feature", "dense")),
        Arguments.of("softmax_per_feature", softmax("feature", "sparse")),
        Arguments.of("softmax_per_class", softmax("class", "dense")),
        Arguments.of("cleaning", cleaning()));
  }

  private static Map<String, ?> softmax(String per, String encoding) {
    return Map.of(
        "type",
        "softmax-regression",
        "features",
        3,
        "classes",
        3,
        "encoding",
        encoding,
        "bias",
        false,
        "hyperparameters",
        Map.of("l2", Map.of("per", per)));
  }

  private static Map<String, ?> cleaning() {
    return Map.of(
        "type",
        "data-cleaning",
        "features",
        3,
        "classes",
        3,
        "terms",
        9,
        "reg",
        Golden.read("oracles").at("/cleaning/reg").doubleValue(),
        "bias",
        false);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void agrees_with_the_golden_values_at_one_point(String name, Map<String, ?> keys) {
    Problem problem = Draws.problem(keys);
    JsonNode golden = Golden.read("oracles").get(name);
    Batch zeta = rows(problem, Level.LOWER, "train");
    Batch xi = rows(problem, Level.UPPER, "val");
    double[] x = Golden.numbers(golden.get("x"));
    double[] y = Golden.numbers(golden.get("y"));
    double[] v = Golden.numbers(golden.get("v"));
    double[] forX = new double[x.length];
    double[] forY = new double[y.length];

    assertThat(problem.upperValue(x, y, xi)).isCloseTo(golden.get("f").doubleValue(), TIGHT);
    assertThat(problem.lowerValue(x, y, zeta)).isCloseTo(golden.get("g").doubleValue(), TIGHT);
    problem.gradLowerY(x, y, zeta, forY);
    assertThat(forY).as("gy").containsExactly(Golden.numbers(golden.get("gy")), TIGHT);
    problem.gradLowerX(x, y, zeta, forX);
    assertThat(forX).as("gx").containsExactly(Golden.numbers(golden.get("gx")), TIGHT);
    problem.gradUpperY(x, y, xi, forY);
    assertThat(forY).as("fy").containsExactly(Golden.numbers(golden.get("fy")), TIGHT);
    problem.gradUpperX(x, y, xi, forX);
    assertThat(forX).as("fx").containsExactly(Golden.numbers(golden.get("fx")), TIGHT);
    problem.hvp(x, y, v, zeta, forY);
    assertThat(forY).as("Hv").containsExactly(Golden.numbers(golden.get("Hv")), TIGHT);
    problem.jvp(x, y, v, zeta, forX);
    assertThat(forX).as("Jv").containsExactly(Golden.numbers(golden.get("Jv")), TIGHT);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void the_hypergradient_at_the_solved_lower_level_is_the_golden_one(
      String name, Map<String, ?> keys) {
    Problem problem = Draws.problem(keys);
    JsonNode golden = Golden.read("oracles").get(name);
    Batch zeta = rows(problem, Level.LOWER, "train");
    Batch xi = rows(problem, Level.UPPER, "val");
    double[] x = Golden.numbers(golden.get("x"));
    int q = problem.lowerDim();
    double[] y = new double[q];
    double[] gy = new double[q];
    double[] h = new double[q * q];
    for (int newton = 0; newton < 30; newton++) {
      problem.gradLowerY(x, y, zeta, gy);
      problem.hessian(x, y, zeta, h);
      double[] step = solve(h, gy);
      for (int j = 0; j < q; j++) {
        y[j] -= step[j];
      }
    }
    assertThat(y).containsExactly(Golden.numbers(golden.get("ystar")), SOLVED);
    assertThat(problem.upperValue(x, y, xi)).isCloseTo(golden.get("F").doubleValue(), SOLVED);
    double[] fy = new double[q];
    double[] jv = new double[x.length];
    problem.gradUpperY(x, y, xi, fy);
    problem.hessian(x, y, zeta, h);
    problem.jvp(x, y, solve(h, fy), zeta, jv);
    double[] expected = Golden.numbers(golden.get("hypergrad"));
    for (int j = 0; j < x.length; j++) {
      assertThat(-jv[j]).isCloseTo(expected[j], SOLVED);
    }
  }

  /** Signs are the labels of two classes, classes those of several. */
  private static Batch rows(Problem problem, Level level, String which) {
    JsonNode file = Golden.read("oracles");
    JsonNode rows = file.get(which + "_rows");
    SampleSchema schema = problem.schema(level);
    boolean signs = schema.fields().get(1).rule() == Field.Rule.LABEL;
    JsonNode labels = file.get(which + (signs ? "_sign" : "_class"));
    Batch batch = new Batch(schema, rows.size());
    int index = schema.column("index");
    for (int r = 0; r < rows.size(); r++) {
      batch.openRow();
      double[] a = Golden.numbers(rows.get(r));
      for (int j = 0; j < a.length; j++) {
        if (schema.sparse()) {
          batch.append(j, a[j]);
        } else {
          batch.set(0, j, a[j]);
        }
      }
      batch.set(1, 0, labels.get(r).doubleValue());
      if (index >= 0) {
        batch.set(index, 0, r);
      }
      batch.commitRow();
    }
    return batch;
  }

  /** Gaussian elimination for a small positive definite matrix. */
  private static double[] solve(double[] matrix, double[] right) {
    int n = right.length;
    double[] a = matrix.clone();
    double[] b = right.clone();
    for (int k = 0; k < n; k++) {
      for (int i = k + 1; i < n; i++) {
        double f = a[i * n + k] / a[k * n + k];
        for (int j = k; j < n; j++) {
          a[i * n + j] -= f * a[k * n + j];
        }
        b[i] -= f * b[k];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        b[i] -= a[i * n + j] * b[j];
      }
      b[i] /= a[i * n + i];
    }
    return b;
  }
}
