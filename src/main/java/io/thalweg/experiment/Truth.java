package io.thalweg.experiment;

import io.thalweg.linalg.ConjugateGradient;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.LinearMap;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;

/**
 * What a method is measured against where the lower level is strongly convex: F(x) = f(x, y*(x))
 * over all records, and its gradient fx - J v with H v = fy at y*. The lower level is solved by
 * Newton steps y - H^-1 gy, halved while |gy| does not fall, H^-1 by conjugate gradients. For
 * minimax problems F is the maximum over y. Not for concurrent use: scratch arrays are kept, among
 * them the last y*, from which the next search starts.
 */
public final class Truth {
  private static final int MOST_STEPS = 200;
  private static final int MOST_HALVINGS = 40;
  private static final double NEGLIGIBLE = 1e-15;

  /** Share of the first-order decrease that a step of the descent has to reach. */
  private static final double SUFFICIENT = 1e-4;

  /** Relative difference of values that means nothing. */
  private static final double ROUNDING = 1e-14;

  private final Problem problem;
  private final Batch lower;
  private final Batch upper;
  private final ConjugateGradient cg;
  private final double[] y;
  private final double[] trial;
  private final double[] gy;
  private final double[] step;
  private final double[] fy;
  private final double[] v;
  private final double[] jv;

  /**
   * The truth about a problem on given data.
   *
   * @param problem with a strongly convex lower level
   * @param lower all lower records
   * @param upper all upper records
   */
  public Truth(Problem problem, Batch lower, Batch upper) {
    this.problem = problem;
    this.lower = lower;
    this.upper = upper;
    int q = problem.lowerDim();
    cg = new ConjugateGradient(q, 0);
    y = problem.defaultLower();
    trial = new double[q];
    gy = new double[q];
    step = new double[q];
    fy = new double[q];
    v = new double[q];
    jv = new double[problem.upperDim()];
  }

  /**
   * The problem on one record of each level that holds nothing but defaults: the problem without
   * noise.
   *
   * @param problem with a strongly convex lower level and no required fields
   * @return its truth
   */
  public static Truth withoutNoise(Problem problem) {
    return new Truth(problem, empty(problem, Level.LOWER), empty(problem, Level.UPPER));
  }

  private static Batch empty(Problem problem, Level level) {
    Batch batch = new Batch(problem.schema(level), 1);
    batch.openRow();
    batch.commitRow();
    return batch;
  }

  /**
   * y*(x).
   *
   * @param x upper variable, not modified
   * @return a fresh array
   */
  public double[] solution(double[] x) {
    solve(x);
    return y.clone();
  }

  /**
   * F(x).
   *
   * @param x upper variable, not modified
   * @return f at y*(x)
   */
  public double value(double[] x) {
    solve(x);
    return problem.upperValue(x, y, upper);
  }

  /**
   * F(x) and its gradient.
   *
   * @param x upper variable, not modified
   * @param gradient receives it, length p
   * @return F(x)
   */
  public double gradient(double[] x, double[] gradient) {
    solve(x);
    double f = problem.upperGradients(x, y, upper, gradient, fy);
    linear(x, fy, v);
    problem.jvp(x, y, v, lower, jv);
    Kernels.axpy(-1, jv, gradient);
    return f;
  }

  /**
   * Goes down F by gradient steps, halved until they lower it; where rounding hides that, until
   * they lower the norm of its gradient.
   *
   * @param x where to start; receives the point reached
   * @param tolerance norm of the gradient at which to stop
   * @return F there
   */
  public double descend(double[] x, double tolerance) {
    double[] gradient = new double[x.length];
    double[] next = new double[x.length];
    double[] nextGradient = new double[x.length];
    double length = 1;
    double value = gradient(x, gradient);
    double square = Kernels.dot(gradient, gradient);
    while (Math.sqrt(square) > tolerance) {
      int halvings = 0;
      double found;
      double foundSquare;
      boolean better;
      do {
        Kernels.add(x, -length, gradient, next);
        found = gradient(next, nextGradient);
        foundSquare = Kernels.dot(nextGradient, nextGradient);
        double fall = SUFFICIENT * length * square;
        boolean hidden = fall <= ROUNDING * Math.abs(value);
        better = hidden ? foundSquare < square : found <= value - fall;
        length /= 2;
      } while (!better && ++halvings < MOST_HALVINGS);
      if (!better) {
        return value;
      }
      length *= 4;
      Kernels.copy(next, x);
      Kernels.copy(nextGradient, gradient);
      value = found;
      square = foundSquare;
    }
    return value;
  }

  /** y = y*(x), from where it last was. */
  private void solve(double[] x) {
    problem.gradLowerY(x, y, lower, gy);
    double first = Math.sqrt(Kernels.dot(gy, gy));
    double norm = first;
    for (int t = 0; t < MOST_STEPS && norm > NEGLIGIBLE * Math.max(1, first); t++) {
      linear(x, gy, step);
      double share = 1;
      double found = norm;
      for (int i = 0; i < MOST_HALVINGS; i++) {
        Kernels.add(y, -share, step, trial);
        problem.gradLowerY(x, trial, lower, gy);
        found = Math.sqrt(Kernels.dot(gy, gy));
        if (found < norm) {
          break;
        }
        share /= 2;
      }
      if (!(found < norm)) {
        return; // as near as rounding lets it come
      }
      Kernels.copy(trial, y);
      norm = found;
    }
  }

  /** out = H^-1 b at y. */
  private void linear(double[] x, double[] b, double[] out) {
    Arrays.fill(out, 0);
    LinearMap h = (in, to) -> problem.hvp(x, y, in, lower, to);
    // a second round makes up for the rounding of the first
    cg.solve(h, b, out, 2 * out.length);
    cg.solve(h, b, out, 2 * out.length);
  }
}
