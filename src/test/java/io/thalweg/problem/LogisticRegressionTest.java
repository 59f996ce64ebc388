package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  private static final Offset<Double> TIGHT = Offset.offset(1e-13);

  @Test
  void agrees_with_the_golden_values_at_one_point() throws IOException {
    JsonNode file =
        new ObjectMapper()
            .readTree(Path.of(System.getProperty("golden.dir"), "oracles.json").toFile());
    JsonNode golden = file.get("logistic");
    Problem problem = Draws.problem(DerivativesTest.logistic(3, "dense", false, Map.of()));
    Batch zeta = rows(problem, file.get("train_rows"), file.get("train_sign"));
    Batch xi = rows(problem, file.get("val_rows"), file.get("val_sign"));
    double[] x = doubles(golden.get("x"));
    double[] y = doubles(golden.get("y"));
    double[] v = doubles(golden.get("v"));
    double[] out = new double[3];

    assertThat(problem.upperValue(x, y, xi)).isCloseTo(golden.get("f").doubleValue(), TIGHT);
    assertThat(problem.lowerValue(x, y, zeta)).isCloseTo(golden.get("g").doubleValue(), TIGHT);
    problem.gradLowerY(x, y, zeta, out);
    assertThat(out).containsExactly(doubles(golden.get("gy")), TIGHT);
    problem.gradLowerX(x, y, zeta, out);
    assertThat(out).containsExactly(doubles(golden.get("gx")), TIGHT);
    problem.gradUpperY(x, y, xi, out);
    assertThat(out).containsExactly(doubles(golden.get("fy")), TIGHT);
    problem.gradUpperX(x, y, xi, out);
    assertThat(out).containsExactly(doubles(golden.get("fx")), TIGHT);
    problem.hvp(x, y, v, zeta, out);
    assertThat(out).containsExactly(doubles(golden.get("Hv")), TIGHT);
    problem.jvp(x, y, v, zeta, out);
    assertThat(out).containsExactly(doubles(golden.get("Jv")), TIGHT);
  }

  @Test
  void the_hypergradient_at_the_solved_lower_level_is_the_golden_one() throws IOException {
    JsonNode file =
        new ObjectMapper()
            .readTree(Path.of(System.getProperty("golden.dir"), "oracles.json").toFile());
    JsonNode golden = file.get("logistic");
    Problem problem = Draws.problem(DerivativesTest.logistic(3, "sparse", false, Map.of()));
    Batch zeta = rows(problem, file.get("train_rows"), file.get("train_sign"));
    Batch xi = rows(problem, file.get("val_rows"), file.get("val_sign"));
    double[] x = doubles(golden.get("x"));
    double[] y = new double[3];
    double[] gy = new double[3];
    double[] h = new double[9];
    for (int newton = 0; newton < 30; newton++) {
      problem.gradLowerY(x, y, zeta, gy);
      problem.hessian(x, y, zeta, h);
      double[] step = solve(h, gy);
      for (int j = 0; j < 3; j++) {
        y[j] -= step[j];
      }
    }
    assertThat(y).containsExactly(doubles(golden.get("ystar")), Offset.offset(1e-11));
    assertThat(problem.upperValue(x, y, xi))
        .isCloseTo(golden.get("F").doubleValue(), Offset.offset(1e-11));
    double[] fy = new double[3];
    double[] jv = new double[3];
    problem.gradUpperY(x, y, xi, fy);
    problem.hessian(x, y, zeta, h);
    problem.jvp(x, y, solve(h, fy), zeta, jv);
    double[] expected = doubles(golden.get("hypergrad"));
    for (int j = 0; j < 3; j++) {
      assertThat(-jv[j]).isCloseTo(expected[j], Offset.offset(1e-11));
    }
  }

  @Test
  void huge_margins_neither_overflow_nor_lose_the_loss() {
    Problem problem = Draws.problem(DerivativesTest.logistic(1, "dense", false, Map.of()));
    Batch batch = new Batch(problem.schema(Level.LOWER), 2);
    row(batch, 1e6, 1);
    row(batch, 1e6, -1);
    double[] y = {1};
    double[] gy = new double[1];
    assertThat(problem.upperValue(new double[1], y, batch)).isEqualTo(5e5);
    problem.gradUpperY(new double[1], y, batch, gy);
    assertThat(gy[0]).isEqualTo(5e5);
  }

  @Test
  void a_weight_scales_the_loss_of_its_row_and_zero_is_negative() {
    Problem problem = Draws.problem(DerivativesTest.logistic(1, "dense", false, Map.of()));
    Batch weighted = new Batch(problem.schema(Level.LOWER), 2);
    row(weighted, 2, 1);
    row(weighted, -1, 0);
    weighted.column(2)[0] = 3;
    weighted.column(2)[1] = 0;
    double[] y = {0.5};
    double loss = Math.log1p(Math.exp(-1));
    assertThat(problem.upperValue(new double[1], y, weighted)).isCloseTo(1.5 * loss, TIGHT);
    double[] sums = new double[3];
    ((Predictor) problem).score(y, weighted, sums);
    assertThat(sums).containsExactly(new double[] {3 * loss, 0, 3}, TIGHT);
    weighted.column(2)[1] = 1;
    double[] again = new double[3];
    ((Predictor) problem).score(new double[] {-0.5}, weighted, again);
    assertThat(again[1]).isEqualTo(4);
  }

  @Test
  void units_and_names_are_those_of_the_penalty() {
    Problem problem =
        Draws.problem(
            DerivativesTest.logistic(
                2, "auto", true, Map.of("l2", Map.of("init", -2, "bounds", List.of(-3, 1)))));
    assertThat(problem.upperName(1)).isEqualTo("l2.1");
    assertThat(problem.upperUnit(1, new double[] {0, 1})).isCloseTo(Math.E, TIGHT);
    assertThat(problem.defaultUpper()).containsExactly(-2, -2);
    assertThat(problem.upperBounds()[0]).containsExactly(-3, -3);
    assertThat(problem.upperBounds()[1]).containsExactly(1, 1);
    assertThat(problem.lowerDim()).isEqualTo(3);
    assertThat(problem.schema(Level.LOWER).sparse()).isFalse();
    assertThat(
            Draws.problem(DerivativesTest.logistic(513, "auto", true, Map.of()))
                .schema(Level.LOWER)
                .sparse())
        .isTrue();
  }

  private static void row(Batch batch, double feature, double label) {
    batch.openRow();
    batch.set(0, 0, feature);
    batch.set(1, 0, label);
    batch.commitRow();
  }

  private static Batch rows(Problem problem, JsonNode rows, JsonNode labels) {
    Batch batch = new Batch(problem.schema(Level.LOWER), rows.size());
    for (int r = 0; r < rows.size(); r++) {
      batch.openRow();
      for (int j = 0; j < rows.get(r).size(); j++) {
        if (batch.schema().sparse()) {
          batch.append(j, rows.get(r).get(j).doubleValue());
        } else {
          batch.set(0, j, rows.get(r).get(j).doubleValue());
        }
      }
      batch.set(1, 0, labels.get(r).doubleValue());
      batch.commitRow();
    }
    return batch;
  }

  private static double[] doubles(JsonNode list) {
    double[] out = new double[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = list.get(i).doubleValue();
    }
    return out;
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
