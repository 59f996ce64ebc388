package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrix sensing as a bilevel problem (arXiv 2303.03944): M* = U* U*' with U* d x r of N(0, 1/d)
 * entries, n = 20 d samples o_i = &lt;C_i, M*&gt; with standard normal C_i, 40 % of them lower and
 * the rest upper; U = [X, y] is to be found from batches, X the upper and y, its last column, the
 * lower variable. The optimum is 0 and the Hessian is indefinite on the way there.
 */
public final class SensingRecovery {
  private static final double START = 1.0;

  private final int d;
  private final int r;
  private final double[] target;
  private final Problem problem;
  private final Batch lower;
  private final Batch upper;
  private final SplitMix64 rng;

  /**
   * Draws an instance.
   *
   * @param d rows of U*
   * @param r columns of U*
   * @param seed of the instance, the initial point and the batches
   */
  public SensingRecovery(int d, int r, long seed) {
    this.d = d;
    this.r = r;
    rng = new SplitMix64(seed);
    problem =
        Problems.create(Settings.of("problem", Map.of("type", "matrix-sensing", "d", d, "r", r)));
    double[] u = gaussians(d * r, Math.sqrt(1.0 / d));
    target = new double[d * d];
    square(u, target);
    int n = 20 * d;
    int train = n * 2 / 5;
    lower = new Batch(problem.schema(Level.LOWER), train);
    upper = new Batch(problem.schema(Level.UPPER), n - train);
    for (int i = 0; i < n; i++) {
      Batch batch = i < train ? lower : upper;
      double[] c = gaussians(d * d, 1);
      batch.openRow();
      for (int j = 0; j < c.length; j++) {
        batch.set(batch.schema().column("c"), j, c[j]);
      }
      batch.set(batch.schema().column("o"), 0, Kernels.dot(c, target));
      batch.commitRow();
    }
  }

  /** out = U U' with U's columns one after the other. */
  private void square(double[] u, double[] out) {
    java.util.Arrays.fill(out, 0);
    for (int k = 0; k < r; k++) {
      for (int i = 0; i < d; i++) {
        Kernels.axpy(d, u[k * d + i], u, k * d, out, i * d);
      }
    }
  }

  private double[] gaussians(int n, double scale) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = scale * rng.gaussian();
    }
    return out;
  }

  /**
   * Runs a method from a random start.
   *
   * @param keys the {@code solver} settings
   * @param batch rows per level and step, drawn with replacement
   * @param steps after how many steps to look, ascending
   * @return |U U' - M*|_F^2 / |M*|_F^2 after each
   */
  public double[] run(Map<String, ?> keys, int batch, int... steps) {
    double[] x = gaussians(d * (r - 1), START * Math.sqrt(1.0 / d));
    double[] y = gaussians(d, START * Math.sqrt(1.0 / d));
    Solver solver =
        Methods.create(
            Settings.of("solver", new LinkedHashMap<>(keys)), problem, x, y, Constraint.NONE, 1);
    Batch zeta = new Batch(problem.schema(Level.LOWER), batch);
    Batch xi = new Batch(problem.schema(Level.UPPER), batch);
    StepInput input = StepInput.of(zeta, xi);
    double[] out = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      while (solver.steps() < steps[i]) {
        draw(upper, xi);
        draw(lower, zeta);
        if (solver.step(input) instanceof Verdict.Refused refused) {
          throw new IllegalStateException("a step was refused: " + refused.reason());
        }
      }
      solver.upper(x);
      solver.lower(y);
      out[i] = error(x, y);
    }
    return out;
  }

  private void draw(Batch from, Batch into) {
    into.clear();
    while (!into.isFull()) {
      into.appendRow(from, rng.index(from.size()));
    }
  }

  private double error(double[] x, double[] y) {
    double[] u = new double[d * r];
    Kernels.copy(x, u);
    System.arraycopy(y, 0, u, x.length, d);
    double[] found = new double[d * d];
    square(u, found);
    Kernels.axpy(-1, target, found);
    return Kernels.dot(found, found) / Kernels.dot(target, target);
  }
}
