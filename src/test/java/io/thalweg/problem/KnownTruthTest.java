package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.experiment.Truth;
import io.thalweg.linalg.ConjugateGradient;
import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optima, curvatures and single points that are known of the small problems. */
class KnownTruthTest {
  private static final double TOLERANCE = 1e-10;

  @Test
  void the_finite_sum_has_its_optimum_where_the_golden_file_says() {
    FiniteSumCase sum = new FiniteSumCase();
    JsonNode data = sum.data();
    double[] x = Golden.numbers(data.get("x_star"));
    double[] gradient = new double[3];
    Golden.assertClose(
        "F*",
        new double[] {sum.truth().gradient(x, gradient)},
        Golden.numbers(data.get("F_star")),
        TOLERANCE);
    assertThat(Kernels.norm2(gradient)).isLessThan(1e-14);
    Golden.assertClose(
        "y*", sum.truth().solution(x), Golden.numbers(data.get("y_star")), TOLERANCE);
    double[] v = linearSolution(sum, x);
    Golden.assertClose("v*", v, Golden.numbers(data.get("v_star")), TOLERANCE);
    assertThat(Kernels.norm2(v)).isCloseTo(1.41, Offset.offset(0.005));
    assertThat(x)
        .containsExactly(new double[] {-.20150592, .05646080, -.46174085}, Offset.offset(1e-8));
  }

  /** v of H v = fy at y*(x), by conjugate gradients over all records. */
  private static double[] linearSolution(FiniteSumCase sum, double[] x) {
    double[] y = sum.truth().solution(x);
    double[] fy = new double[y.length];
    sum.problem().gradUpperY(x, y, sum.upper(), fy);
    double[] v = new double[y.length];
    ConjugateGradient solver = new ConjugateGradient(y.length, 0);
    solver.solve((in, out) -> sum.problem().hvp(x, y, in, sum.lower(), out), fy, v, 2 * y.length);
    solver.solve((in, out) -> sum.problem().hvp(x, y, in, sum.lower(), out), fy, v, 2 * y.length);
    return v;
  }

  @Test
  void the_finite_sum_has_its_hypergradient_at_the_start() {
    FiniteSumCase sum = new FiniteSumCase();
    double[] gradient = new double[3];
    double value = sum.truth().gradient(sum.x0(), gradient);
    Golden.assertClose(
        "F(x0)", new double[] {value}, Golden.numbers(sum.data().get("F_x0")), TOLERANCE);
    Golden.assertClose(
        "gradient", gradient, Golden.numbers(sum.data().get("hypergrad_x0")), TOLERANCE);
    assertThat(sum.gap(sum.x0())).isCloseTo(1.2366, Offset.offset(5e-5));
  }

  @Test
  void descending_the_finite_sum_ends_at_its_optimum() {
    FiniteSumCase sum = new FiniteSumCase();
    double[] x = sum.x0();
    assertThat(sum.truth().descend(x, 1e-12))
        .isCloseTo(sum.data().get("F_star").doubleValue(), Offset.offset(1e-13));
    Golden.assertClose("x*", x, Golden.numbers(sum.data().get("x_star")), 1e-9);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"fdehbo", "soba", "saba", "stocbio", "f2sa", "mrbo", "ttsa"})
  void the_gaps_of_the_recorded_runs_follow_from_their_ends(String method) {
    FiniteSumCase sum = new FiniteSumCase();
    JsonNode run = sum.run("stochastic", method);
    assertThat(sum.gap(Golden.numbers(run.get("end_x"))))
        .isCloseTo(run.get("end_gap").doubleValue(), Offset.offset(1e-13));
  }

  @Test
  void a_record_of_the_finite_sum_alone_has_its_gradient() {
    FiniteSumCase sum = new FiniteSumCase();
    JsonNode run = sum.run("stochastic", "soba");
    int first = run.get("indices").get(0).intValue();
    int second = run.get("indices").get(1).intValue();
    double rho = run.get("params").get("rho").doubleValue();
    double gamma = run.get("params").get("gamma").doubleValue();
    double[] gy = new double[4];
    sum.problem().gradLowerY(sum.x0(), sum.y0(), sum.lower(first), gy);
    Kernels.scale(-rho, gy);
    Golden.assertClose("y", gy, Golden.numbers(run.at("/iterates/y/0")), TOLERANCE);
    double[] fy = new double[4];
    sum.problem().gradUpperY(sum.x0(), sum.y0(), sum.upper(second), fy);
    Kernels.scale(rho, fy);
    Golden.assertClose("v", fy, Golden.numbers(run.at("/iterates/v/0")), TOLERANCE);
    double[] x = sum.x0();
    double[] fx = new double[3];
    sum.problem().gradUpperX(x, sum.y0(), sum.upper(second), fx);
    Kernels.axpy(-gamma, fx, x);
    Golden.assertClose("x", x, Golden.numbers(run.at("/iterates/x/0")), TOLERANCE);
  }

  @Test
  void the_strict_saddle_is_one_at_the_origin() {
    SaddleCase saddle = SaddleCase.strict();
    double[] values = eigenvaluesAtOrigin(saddle.truth());
    double[] expected = Golden.numbers(saddle.data().get("hess0_eig"));
    assertThat(values).containsExactly(expected, Offset.offset(1e-8));
    assertThat(values).containsExactly(new double[] {-.42254292, 1.75009394}, Offset.offset(1e-8));
  }

  @Test
  void the_minimisers_of_the_strict_saddle_are_known() {
    SaddleCase saddle = SaddleCase.strict();
    double[] x = Golden.numbers(saddle.data().get("minimiser"));
    double[] gradient = new double[2];
    for (int side = 0; side < 2; side++) {
      assertThat(saddle.truth().gradient(x, gradient))
          .isCloseTo(saddle.data().get("F_min").doubleValue(), Offset.offset(1e-15));
      assertThat(Kernels.norm2(gradient)).isLessThan(1e-14);
      Kernels.scale(-1, x);
    }
    double[] away = {0.3, 0.1};
    assertThat(saddle.truth().descend(away, 1e-12)).isCloseTo(-.1470255844, Offset.offset(1e-10));
    assertThat(away).containsExactly(new double[] {.99433137, .83030839}, Offset.offset(1e-8));
  }

  /** The first step of the general start: five lower steps, then the exact hypergradient. */
  @Test
  void the_first_direction_of_perturbed_aid_follows_from_the_strict_saddle() {
    SaddleCase saddle = SaddleCase.strict();
    JsonNode run = saddle.run("plain_general_start");
    double[] x = saddle.x0("plain_general_start");
    double[] y = new double[2];
    double[] gy = new double[2];
    for (int k = 0; k < 5; k++) {
      saddle.problem().gradLowerY(x, y, saddle.lower(), gy);
      Kernels.axpy(-.4, gy, y);
    }
    Golden.assertClose("y", y, Golden.numbers(run.get("y").get(0)), 1e-9);
    double[] h = hypergradient(saddle.problem(), saddle.lower(), saddle.upper(), x, y);
    Golden.assertClose("h", h, Golden.numbers(run.get("h").get(0)), 1e-9);
  }

  @Test
  void noise_on_the_strict_saddle_moves_what_it_is_said_to_move() {
    SaddleCase saddle = SaddleCase.strict();
    Batch lower = new Batch(saddle.lower().schema(), 2);
    lower.openRow();
    for (int k = 0; k < 6; k++) {
      lower.set(0, k, 2 * (k + 1));
    }
    lower.commitRow();
    lower.openRow();
    lower.commitRow(); // the mean of both is 1, 2, ... 6
    double[] h = new double[4];
    double[] j = new double[4];
    double[] gy = new double[2];
    saddle.problem().hessian(new double[2], new double[2], lower, h);
    saddle.problem().cross(new double[2], new double[2], lower, j);
    saddle.problem().gradLowerY(new double[2], new double[2], lower, gy);
    Offset<Double> offset = Offset.offset(1e-15);
    assertThat(h).containsExactly(new double[] {2.2, .5, .5, 1.4}, offset);
    assertThat(j).containsExactly(new double[] {-2.1, .5, -.25, -1.8}, offset);
    assertThat(gy).containsExactly(new double[] {.5, .6}, offset);
  }

  @Test
  void the_minimax_saddle_is_one_at_the_origin_and_has_known_minimisers() {
    SaddleCase saddle = SaddleCase.minimax();
    assertThat(eigenvaluesAtOrigin(saddle.truth()))
        .containsExactly(Golden.numbers(saddle.data().get("hess0_eig")), Offset.offset(1e-8))
        .containsExactly(new double[] {-.86452278, 2.05300445}, Offset.offset(1e-8));
    double[] x = Golden.numbers(saddle.data().get("minimiser"));
    assertThat(x).containsExactly(new double[] {.93113247, -.05953532}, Offset.offset(1e-8));
    double[] gradient = new double[2];
    for (int side = 0; side < 2; side++) {
      assertThat(saddle.truth().gradient(x, gradient))
          .isCloseTo(saddle.data().get("Phi_min").doubleValue(), Offset.offset(1e-15))
          .isCloseTo(-.1879255761, Offset.offset(1e-10));
      assertThat(Kernels.norm2(gradient)).isLessThan(1e-14);
      Kernels.scale(-1, x);
    }
    Golden.assertClose(
        "end of the perturbed run",
        new double[] {saddle.truth().value(Golden.numbers(saddle.run("perturbed").get("end_x")))},
        Golden.numbers(saddle.run("perturbed").get("end_Phi")),
        TOLERANCE);
  }

  @Test
  void the_gradient_of_the_minimax_saddle_is_that_of_the_recorded_run() {
    SaddleCase saddle = SaddleCase.minimax();
    JsonNode run = saddle.run("perturbed");
    double[] fx = new double[2];
    for (int t = 0; t < 50; t++) {
      saddle
          .problem()
          .gradUpperX(
              Golden.numbers(run.get("x").get(t)),
              Golden.numbers(run.get("y").get(t)),
              saddle.upper(),
              fx);
      Golden.assertClose("h at " + t, fx, Golden.numbers(run.get("h").get(t)), 1e-9);
    }
  }

  @Test
  void the_w_has_its_minima_its_saddle_and_its_answer() {
    SaddleCase saddle = SaddleCase.wShape();
    double[] gradient = new double[3];
    for (double side : new double[] {-.6, .6}) {
      assertThat(saddle.truth().gradient(new double[] {0, 0, side}, gradient))
          .isCloseTo(-.0053333333, Offset.offset(1e-10));
      assertThat(Kernels.norm2(gradient)).isLessThan(1e-15);
    }
    assertThat(saddle.truth().solution(new double[] {.3, -.7, 1}))
        .containsExactly(new double[] {6, -.14}, Offset.offset(1e-13));
    assertThat(saddle.truth().value(new double[] {.3, -.7, 0}))
        .isCloseTo(10 * .09 + .049, Offset.offset(1e-14));
    double delta = 1e-6;
    saddle.truth().gradient(new double[] {0, 0, delta}, gradient);
    assertThat(gradient[2] / delta).as("w''(0)").isCloseTo(-.2, Offset.offset(2e-6));
    for (double seam : new double[] {.1, .5}) {
      double[] before = new double[3];
      double[] after = new double[3];
      double low = saddle.truth().gradient(new double[] {0, 0, seam - 1e-12}, before);
      double high = saddle.truth().gradient(new double[] {0, 0, seam + 1e-12}, after);
      assertThat(low).isCloseTo(high, Offset.offset(1e-13));
      assertThat(before[2])
          .isCloseTo(after[2], Offset.offset(1e-11))
          .isCloseTo(-.01, Offset.offset(1e-11));
    }
    assertThat(saddle.truth().value(Golden.numbers(saddle.run("w_perturbed").get("end_x"))))
        .isCloseTo(saddle.run("w_perturbed").get("end_Phi").doubleValue(), Offset.offset(1e-15));
  }

  /** 20 ascents of step .1, then a descent of step .04. */
  @Test
  void the_first_step_on_the_w_is_that_of_the_recorded_run() {
    SaddleCase saddle = SaddleCase.wShape();
    double[] x = {.01, .01, 0};
    double[] y = new double[2];
    double[] fy = new double[2];
    for (int k = 0; k < 20; k++) {
      saddle.problem().gradUpperY(x, y, saddle.upper(), fy);
      Kernels.axpy(.1, fy, y);
    }
    double[] fx = new double[3];
    saddle.problem().gradUpperX(x, y, saddle.upper(), fx);
    Kernels.axpy(-.04, fx, x);
    Golden.assertClose("x", x, Golden.numbers(saddle.run("w_plain").get("x").get(1)), 1e-9);
  }

  private static double[] eigenvaluesAtOrigin(Truth truth) {
    double delta = 1e-5;
    double[][] columns = new double[2][2];
    for (int k = 0; k < 2; k++) {
      double[] ahead = new double[2];
      ahead[k] = delta;
      truth.gradient(ahead, columns[k]); // odd: one side is enough
      Kernels.scale(1 / delta, columns[k]);
    }
    assertThat(columns[0][1]).isCloseTo(columns[1][0], Offset.offset(1e-7));
    double mean = (columns[0][0] + columns[1][1]) / 2;
    double half = (columns[0][0] - columns[1][1]) / 2;
    double root = Math.sqrt(half * half + columns[0][1] * columns[1][0]);
    return new double[] {mean - root, mean + root};
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"convex", "nonconvex"})
  void the_toy_has_its_recorded_values(String shape) {
    ToyCase toy = shape.equals("convex") ? ToyCase.convex() : ToyCase.nonconvex();
    assertThat(toy.problem().upperValue(toy.x0(), toy.y0(), toy.upper()))
        .isCloseTo(toy.golden().get("f0").doubleValue(), Offset.offset(1e-12));
    for (String name : new String[] {"qp1", "qp2"}) {
      end(toy, name, toy.run(name));
    }
  }

  @Test
  void the_coreset_has_its_recorded_values() {
    ToyCase coreset = ToyCase.coreset();
    end(coreset, "coreset", coreset.golden());
    assertThat(coreset.problem().defaultUpper()).containsExactly(coreset.x0());
    assertThat(coreset.problem().defaultLower()).containsExactly(coreset.y0());
    double[] gy = new double[2];
    coreset.problem().gradLowerY(coreset.x0(), coreset.y0(), coreset.lower(), gy);
    assertThat(gy).containsExactly(0, 0);
    // where all the weight goes to the point nearest to the target, (3, 1)
    double[] nearest = {0, 1000, 0, 0};
    coreset.problem().gradLowerY(nearest, new double[] {3, 1}, coreset.lower(), gy);
    assertThat(gy).containsExactly(0, 0);
    assertThat(coreset.problem().upperValue(nearest, new double[] {3, 1}, coreset.upper()))
        .isEqualTo(4.5);
  }

  private static void end(ToyCase toy, String what, JsonNode run) {
    double[] x = toy.x(run.get("end_z"));
    double[] y = toy.y(run.get("end_z"));
    double[] gy = new double[y.length];
    toy.problem().gradLowerY(x, y, toy.lower(), gy);
    assertThat(toy.problem().upperValue(x, y, toy.upper()))
        .as(what)
        .isCloseTo(run.get("end_f").doubleValue(), Offset.offset(1e-12));
    assertThat(Kernels.norm2(gy))
        .as(what)
        .isCloseTo(run.get("end_gy").doubleValue(), Offset.offset(1e-12));
  }

  @Test
  void the_convex_toy_has_its_hypergradient() {
    ToyCase toy = ToyCase.convex();
    JsonNode recorded = toy.golden().get("hypergradient_descent");
    Truth truth = new Truth(toy.problem(), toy.lower(), toy.upper());
    double[] x = Golden.numbers(recorded.get("x"));
    double[] gradient = new double[5];
    assertThat(truth.gradient(x, gradient))
        .isCloseTo(recorded.get("F").doubleValue(), Offset.offset(1e-12))
        .isCloseTo(2.0789481, Offset.offset(1e-7));
    assertThat(Kernels.norm2(gradient))
        .isCloseTo(recorded.get("grad").doubleValue(), Offset.offset(1e-11));
    for (String name : new String[] {"qp1", "qp2"}) {
      JsonNode end = toy.run(name).get("end_z");
      double[] h = hypergradient(toy.problem(), toy.lower(), toy.upper(), toy.x(end), toy.y(end));
      assertThat(Kernels.norm2(h))
          .as(name)
          .isCloseTo(toy.run(name).get("hypergrad").doubleValue(), Offset.offset(1e-12));
    }
  }

  /** fx - J v with H v = fy at a point, whether or not y solves the lower level. */
  private static double[] hypergradient(
      Problem problem, Batch lower, Batch upper, double[] x, double[] y) {
    double[] h = new double[x.length];
    double[] fy = new double[y.length];
    double[] v = new double[y.length];
    double[] jv = new double[x.length];
    problem.upperGradients(x, y, upper, h, fy);
    new ConjugateGradient(y.length, 0)
        .solve((in, out) -> problem.hvp(x, y, in, lower, out), fy, v, 4 * y.length);
    problem.jvp(x, y, v, lower, jv);
    Kernels.axpy(-1, jv, h);
    return h;
  }

  /** z+ - z = -gamma (grad f + lambda grad |gy|^2), with lambda as recorded. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"qp1", "qp2"})
  void every_recorded_move_of_the_toy_lies_in_the_plane_of_two_gradients(String name) {
    for (ToyCase toy : new ToyCase[] {ToyCase.convex(), ToyCase.nonconvex()}) {
      JsonNode run = toy.run(name);
      for (int t = 1; t < 49; t++) {
        double[] x = toy.x(run.get("z").get(t));
        double[] y = toy.y(run.get("z").get(t));
        double[] df = new double[10];
        double[] dh = new double[10];
        double[][] f = {new double[5], new double[5]};
        toy.problem().upperGradients(x, y, toy.upper(), f[0], f[1]);
        double[][] g = {new double[5], new double[5], new double[5]};
        toy.problem().gradLowerY(x, y, toy.lower(), g[2]);
        toy.problem().jvp(x, y, g[2], toy.lower(), g[0]);
        toy.problem().hvp(x, y, g[2], toy.lower(), g[1]);
        double[] move = new double[10];
        double[] now = Golden.numbers(run.get("z").get(t));
        double[] next = Golden.numbers(run.get("z").get(t + 1));
        for (int i = 0; i < 10; i++) {
          df[i] = f[i / 5][i % 5];
          dh[i] = 2 * g[i / 5][i % 5];
          move[i] = (next[i] - now[i]) / run.get("gamma").doubleValue();
        }
        Kernels.axpy(1, df, move);
        Kernels.axpy(run.get("lam").get(t).doubleValue(), dh, move);
        assertThat(Kernels.norm2(move))
            .as("%s at %d: move + df + lambda dh", name, t)
            .isLessThan(1e-9 * Math.max(1, Kernels.norm2(df)));
      }
    }
  }
}
