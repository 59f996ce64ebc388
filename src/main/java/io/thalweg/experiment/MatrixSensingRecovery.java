package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Matrix sensing as a bilevel problem: M* = U* U*' with U* d x r of N(0, 1/d) entries, n = 20 d
 * samples o_i = &lt;C_i, M*&gt; with standard normal C_i, 40 % of them lower and the rest upper; U
 * = [X, y] is to be found from batches, X the upper and y, its last column, the lower variable. The
 * optimum is 0 and the Hessian is indefinite on the way there. A seed draws instance, start and
 * batches.
 */
final class MatrixSensingRecovery implements Experiment {
  private static final String ERROR = "relative-error";
  private static final int D = 20;
  private static final int R = 3;
  private static final int BATCH = 20;

  /**
   * Lanczos clamps the Hessian of a batch, which is as indefinite as the mean is not, and the
   * direction moves with 1/mu^2 times what that Hessian does: with 0.3 the differences of STORM
   * grow faster than they are averaged, and one run in a few is lost.
   */
  private static final double BATCH_MU = 1;

  MatrixSensingRecovery() {}

  @Override
  public String name() {
    return "matrix-sensing";
  }

  @Override
  public String summary() {
    return "Recovery of a low-rank matrix from random measurements, its last column being the lower"
        + " level: an indefinite lower Hessian on the way to an optimum of 0.";
  }

  @Override
  public String source() {
    return "arXiv 2303.03944, section 6 (hyper-representation); d 20, r 3, 400 samples, batches of 20";
  }

  @Override
  public String duration() {
    return "20 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (String method : List.of("vr-msgbio", "msgbio")) {
      for (String form : List.of("dense", "lanczos", "linear-system")) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("method", method);
        keys.put("hypergradient", form);
        keys.put("gamma", 0.1);
        keys.put("lambda", 0.1);
        keys.put("mu", form.equals("lanczos") ? BATCH_MU : 0.3);
        keys.put("c-fy", 2);
        if (!form.equals("linear-system")) {
          keys.put("lg", 8);
        }
        if (form.equals("dense")) {
          keys.put("c-gxy", 4);
        }
        out.add(new Arm(method + "-" + form, keys));
      }
    }
    out.add(
        new Arm(
            "v-pbsgd",
            Map.of("method", "v-pbsgd", "gamma", 1, "alpha", 0.01, "beta", 0.01, "T", 10)));
    return out;
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(ERROR, "|UU' − M*|² / |M*|²"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 100 : 1000, 10, quick ? 1.25 : 1.1, quick ? 2 : 5, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(ERROR, 1e-2), new Target(ERROR, 1e-4));
  }

  @Override
  public List<Expectation> expectations() {
    String arm = "vr-msgbio-dense";
    return List.of(
        new Expectation(
            arm + ": relative error after 500 steps, median",
            "about 3e-5 on one instance",
            List.of(arm),
            500,
            5,
            Statistic.medianAt(arm, ERROR, 500),
            0,
            1e-4),
        new Expectation(
            arm + ": relative error after 1000 steps, median",
            "about 1e-8 on one instance",
            List.of(arm),
            1000,
            5,
            Statistic.medianAt(arm, ERROR, 1000),
            0,
            1e-7),
        new Expectation(
            "v-pbsgd: relative error after 1000 steps, median",
            "about 2.6e-4 on one instance, β and T not given; at most that",
            List.of("v-pbsgd"),
            1000,
            5,
            Statistic.medianAt("v-pbsgd", ERROR, 1000),
            Double.NEGATIVE_INFINITY,
            2.6e-4));
  }

  @Override
  public Trials open(Shelf shelf) {
    return MatrixSensingRecovery::start;
  }

  private static Trial start(Arm arm, long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    Problem problem =
        Problems.create(Settings.of("problem", Map.of("type", "matrix-sensing", "d", D, "r", R)));
    double[] target = new double[D * D];
    square(Starts.gaussian(D * R, Math.sqrt(1.0 / D), rng), target);
    int n = 20 * D;
    int train = n * 2 / 5;
    Batch lower = new Batch(problem.schema(Level.LOWER), train);
    Batch upper = new Batch(problem.schema(Level.UPPER), n - train);
    for (int i = 0; i < n; i++) {
      sample(i < train ? lower : upper, target, rng);
    }
    double[] x = Starts.gaussian(D * (R - 1), Math.sqrt(1.0 / D), rng);
    double[] y = Starts.gaussian(D, Math.sqrt(1.0 / D), rng);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            x,
            y,
            Constraint.NONE,
            Samples.drawn(lower, upper, BATCH, BATCH, rng),
            (xt, yt, out) -> out[0] = error(xt, yt, target)),
        1);
  }

  private static void sample(Batch into, double[] target, SplitMix64 rng) {
    double[] c = Starts.gaussian(D * D, 1, rng);
    into.openRow();
    for (int j = 0; j < c.length; j++) {
      into.set(into.schema().column("c"), j, c[j]);
    }
    into.set(into.schema().column("o"), 0, Kernels.dot(c, target));
    into.commitRow();
  }

  /** out = U U' with U's columns one after the other. */
  private static void square(double[] u, double[] out) {
    Arrays.fill(out, 0);
    for (int k = 0; k < R; k++) {
      for (int i = 0; i < D; i++) {
        Kernels.axpy(D, u[k * D + i], u, k * D, out, i * D);
      }
    }
  }

  private static double error(double[] x, double[] y, double[] target) {
    double[] u = new double[D * R];
    Kernels.copy(x, u);
    System.arraycopy(y, 0, u, x.length, D);
    double[] found = new double[D * D];
    square(u, found);
    Kernels.axpy(-1, target, found);
    return Kernels.dot(found, found) / Kernels.dot(target, target);
  }
}
