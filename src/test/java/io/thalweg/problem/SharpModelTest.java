package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.SharpModel;
import io.thalweg.oracle.SharpModel.Model;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An update is where a model plus a square has its minimum, whatever the closed form is. */
class SharpModelTest {
  private static final Map<String, Object> PHASE = Map.of("type", "phase-retrieval", "d", 4);
  private static final Map<String, Object> BLIND =
      Map.of("type", "blind-deconvolution", "d1", 3, "d2", 2);

  static List<Arguments> cases() {
    List<Arguments> out = new ArrayList<>();
    for (Model model : Model.values()) {
      out.add(Arguments.of(PHASE, model));
      out.add(Arguments.of(BLIND, model));
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void no_point_near_or_far_has_less(Map<String, ?> keys, Model model) {
    Problem problem = Draws.problem(keys);
    Draws draws = new Draws(17);
    for (int round = 0; round < 300; round++) {
      Batch batch = draws.batch(problem.schema(Level.UPPER), 1);
      double[] x = draws.vector(problem.upperDim());
      double step = 0.01 + 1 + draws.uniform();
      double[] moved = x.clone();
      double loss = ((SharpModel) problem).update(model, step, moved, batch, 0);
      assertThat(loss).isEqualTo(problem.upperValue(x, new double[0], batch));
      double least = objective(problem, model, step, x, batch, moved);
      for (double scale : new double[] {0, 1e-4, 1e-2, 0.3, 3}) {
        for (int k = 0; k < 20; k++) {
          double[] other = draws.vector(x.length);
          double[] around = k % 2 == 0 ? moved : x;
          for (int i = 0; i < x.length; i++) {
            other[i] = around[i] + scale * other[i];
          }
          assertThat(objective(problem, model, step, x, batch, other))
              .isGreaterThanOrEqualTo(least - 1e-12 * (1 + Math.abs(least)));
        }
      }
    }
  }

  /** m_x(z) + |z - x|^2 / (2 step), with the model from values and slopes alone. */
  private static double objective(
      Problem problem, Model model, double step, double[] x, Batch batch, double[] z) {
    double[] none = new double[0];
    double value = problem.upperValue(x, none, batch);
    double[] slope = new double[x.length];
    problem.gradUpperX(x, none, batch, slope);
    double away = 0;
    double along = 0;
    for (int i = 0; i < x.length; i++) {
      away += (z[i] - x[i]) * (z[i] - x[i]);
      along += slope[i] * (z[i] - x[i]);
    }
    double modelled =
        switch (model) {
          case SUBGRADIENT -> value + along;
          // |c + c'(z - x)| is |l + l'(z - x)| where l = |c| and l' = sgn(c) c'
          case PROX_LINEAR -> Math.abs(value + along);
          case PROXIMAL -> problem.upperValue(z, none, batch);
        };
    return modelled + away / (2 * step);
  }

  private static Batch row(Problem problem, double[]... fields) {
    Batch batch = new Batch(problem.schema(Level.UPPER), 1);
    batch.openRow();
    for (int f = 0; f < fields.length; f++) {
      for (int j = 0; j < fields[f].length; j++) {
        batch.set(f, j, fields[f][j]);
      }
    }
    batch.commitRow();
    return batch;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void a_sample_that_says_nothing_moves_nothing(Model model) {
    Problem phase = Draws.problem(PHASE);
    double[] x = {0.5, -1, 2, 0.1};
    Batch silent = row(phase, new double[4], new double[] {3});
    double[] moved = x.clone();
    assertThat(((SharpModel) phase).update(model, 0.3, moved, silent, 0)).isEqualTo(3);
    assertThat(moved).isEqualTo(x);
    Problem blind = Draws.problem(BLIND);
    double[] wx = {1, 2, 3, 0.5, -1};
    Batch half = row(blind, new double[3], new double[2], new double[] {-2});
    double[] still = wx.clone();
    assertThat(((SharpModel) blind).update(model, 0.3, still, half, 0)).isEqualTo(2);
    assertThat(still).isEqualTo(wx);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void what_fits_already_stays(Model model) {
    Problem phase = Draws.problem(PHASE);
    double[] x = {0.5, -1, 2, 0};
    double[] moved = x.clone();
    Batch fits = row(phase, new double[] {2, 1, 1, 0}, new double[] {4});
    assertThat(((SharpModel) phase).update(model, 0.3, moved, fits, 0)).isZero();
    assertThat(moved).isEqualTo(x);
    Problem blind = Draws.problem(BLIND);
    double[] wx = {1, 2, 3, 0.5, -1};
    double[] still = wx.clone();
    Batch agrees = row(blind, new double[] {1, 0, 1}, new double[] {2, 3}, new double[] {-8});
    assertThat(((SharpModel) blind).update(model, 0.3, still, agrees, 0)).isZero();
    assertThat(still).isEqualTo(wx);
  }

  @Test
  void degenerate_cases_of_the_proximal_update_are_minimisers_too() {
    Problem phase = Draws.problem(PHASE);
    Problem blind = Draws.problem(BLIND);
    // 2 s |a|^2 = 1; b < 0; P = 0; b = 0; s^2 |l|^2 |r|^2 = 1
    minimal(phase, 0.5, row(phase, new double[] {1, 0, 0, 0}, new double[] {0.3}));
    minimal(phase, 0.7, row(phase, new double[] {1, 1, 0, 0}, new double[] {-2}));
    minimal(phase, 0.7, row(phase, new double[] {2, 1, 0, 0}, new double[] {0.01}));
    minimal(blind, 0.7, row(blind, new double[] {1, 1, 0}, new double[] {1, 2}, new double[1]));
    minimal(blind, 1, row(blind, new double[] {1, 0, 0}, new double[] {0, 1}, new double[] {0.2}));
  }

  private static void minimal(Problem problem, double step, Batch batch) {
    double[] x = new double[problem.upperDim()];
    for (int i = 0; i < x.length; i++) {
      x[i] = new double[] {0.5, -1, 0.8, 0.3, 0.6}[i];
    }
    double[] moved = x.clone();
    ((SharpModel) problem).update(Model.PROXIMAL, step, moved, batch, 0);
    double least = objective(problem, Model.PROXIMAL, step, x, batch, moved);
    Draws draws = new Draws(3);
    for (double scale : new double[] {1e-3, 0.1, 1}) {
      for (int k = 0; k < 200; k++) {
        double[] other = draws.vector(x.length);
        for (int i = 0; i < x.length; i++) {
          other[i] = moved[i] + scale * other[i];
        }
        assertThat(objective(problem, Model.PROXIMAL, step, x, batch, other))
            .isGreaterThanOrEqualTo(least - 1e-12);
      }
    }
  }
}
