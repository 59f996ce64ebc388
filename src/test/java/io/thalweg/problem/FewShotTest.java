package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FewShotTest {
  private static final int P = 2;
  private static final int K = 2;
  private final Problem problem =
      Draws.problem(Map.of("type", "few-shot", "p", P, "k", K, "tasks", 3));

  private static void row(Batch batch, int task, double[] a, double b) {
    batch.openRow();
    batch.set(0, 0, task);
    for (int j = 0; j < a.length; j++) {
      batch.set(1, j, a[j]);
    }
    batch.set(2, 0, b);
    batch.commitRow();
  }

  private static double leaky(double t) {
    return t < 0 ? 0.2 * t : t;
  }

  @Test
  void a_record_is_seen_by_its_own_head_through_the_shared_representation() {
    double[] w = {0.5, -0.3, 0.2, 0.8};
    double[] y = {1, 2, -3, 0.5, 0.1, 0.2};
    double[] a = {0.7, -1.1};
    double phi0 = StrictMath.tanh(0.5 * 0.7 + 0.3 * 1.1);
    double phi1 = StrictMath.tanh(0.2 * 0.7 - 0.8 * 1.1);
    for (int task = 0; task < 3; task++) {
      Batch batch = new Batch(problem.schema(Level.LOWER), 1);
      row(batch, task, a, 0.25);
      double t = y[2 * task] * phi0 + y[2 * task + 1] * phi1;
      double r = leaky(t) - 0.25;
      assertThat(problem.lowerValue(w, y, batch)).isCloseTo(0.5 * r * r, Offset.offset(1e-15));
      double[] gy = new double[6];
      problem.gradLowerY(w, y, batch, gy);
      double gain = t < 0 ? 0.2 : 1;
      for (int i = 0; i < 6; i++) {
        double expected = i / 2 == task ? r * gain * (i % 2 == 0 ? phi0 : phi1) : 0;
        assertThat(gy[i]).isCloseTo(expected, Offset.offset(1e-15));
      }
    }
  }

  @Test
  void the_lower_hessian_is_block_diagonal_and_singular_where_records_are_few() {
    Batch batch = new Batch(problem.schema(Level.LOWER), 2);
    row(batch, 0, new double[] {1, 0.5}, 1);
    row(batch, 2, new double[] {-1, 2}, 0);
    double[] w = problem.defaultUpper();
    double[] y = {1, 2, -3, 0.5, 0.1, 0.2};
    double[] h = new double[36];
    problem.hessian(w, y, batch, h);
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        boolean shown = i / 2 == j / 2 && i / 2 != 1;
        if (!shown) {
          assertThat(h[i * 6 + j]).as("%s, %s", i, j).isZero();
        }
      }
    }
    assertThat(h[0]).isPositive();
    assertThat(h[0] * h[7] - h[1] * h[6])
        .as("one record, two entries")
        .isCloseTo(0, Offset.offset(1e-15));
  }

  /** Tasks b = sign of a direction's projection: a shared direction, heads of either sign. */
  @Test
  void a_good_representation_lets_every_head_fit_its_task() {
    double[] w = {1, 1, 1, -1};
    Batch batch = new Batch(problem.schema(Level.LOWER), 60);
    Draws draws = new Draws(7);
    double[][] heads = {{1, 0.5}, {-0.5, 1}, {0.3, -2}};
    for (int r = 0; r < 60; r++) {
      double[] a = draws.vector(2);
      double[] head = heads[r % 3];
      row(
          batch,
          r % 3,
          a,
          leaky(head[0] * StrictMath.tanh(a[0] + a[1]) + head[1] * StrictMath.tanh(a[0] - a[1])));
    }
    double[] y = new double[6];
    double[] gy = new double[6];
    for (int t = 0; t < 20_000; t++) {
      problem.gradLowerY(w, y, batch, gy);
      Kernels.axpy(-3, gy, y);
    }
    assertThat(problem.lowerValue(w, y, batch)).isLessThan(1e-20);
    assertThat(y).containsExactly(new double[] {1, 0.5, -0.5, 1, 0.3, -2}, Offset.offset(1e-8));
  }

  @Test
  void the_start_is_no_stationary_point_and_no_two_rows_are_alike() {
    Problem wide = Draws.problem(Map.of("type", "few-shot", "p", 2, "k", 5, "tasks", 2));
    double[] w = wide.defaultUpper();
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(new double[] {w[2 * i], w[2 * i + 1]})
            .isNotEqualTo(new double[] {w[2 * j], w[2 * j + 1]});
      }
    }
    Batch batch = new Batch(wide.schema(Level.LOWER), 1);
    row(batch, 1, new double[] {1, 2}, 1);
    double[] gy = new double[10];
    wide.gradLowerY(w, wide.defaultLower(), batch, gy);
    assertThat(Kernels.norm2(gy)).isPositive();
    assertThat(wide.upperName(7)).isEqualTo("W.3.1");
  }
}
