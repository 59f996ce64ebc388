package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * iNEON: looks for a direction of negative curvature of F at a point, by gradients alone, on one
 * pair of batches that is held fixed. With (f, h) from D' descents of y and N rounds of conjugate
 * gradients:
 *
 * <pre>
 * f0, h0 at x with 4 D' descents;  u uniform on the sphere of radius r
 * T times  f, h at x + u, y going on from where it was
 *          q = f - f0 - h0'u;   the u of the least q with |u| at most U is kept
 *          |u| above U ends it;   u becomes u - eta (h - h0)
 * found, when the least q is at most -2.5 F:  n = u / |u|
 * </pre>
 *
 * On batches that change, the differences h - h0 would be noise. Probes may lie outside of the set
 * of x. In the manner of NEON and Neon2; the procedure is reconstructed.
 */
final class NegativeCurvature {
  /** The key of its settings. */
  static final String KEY = "ineon";

  private static final double RADIUS = 0.01;

  /** With half of it a probe of length r within 80 steps neither comes to U nor always to 2.5 F. */
  private static final double STEP = 0.2;

  private static final int MOST_STEPS = 80;
  private static final double REACH = 0.5;
  private static final double FALL = 4e-4;
  private static final double FACTOR = -2.5;
  private static final int FIRST_DESCENTS = 4;
  private static final int MOST_DEFAULT_ROUNDS = 10;

  private final BilevelOracle oracle;
  private final LowerDescent descent;
  private final ImplicitGradient gradient;
  private final double radius;
  private final double step;
  private final int mostSteps;
  private final double reach;
  private final double fall;
  private final int descents;
  private final int rounds;
  private final double[] h0;
  private final double[] h;
  private final double[] u;
  private final double[] best;
  private final double[] x;
  private final double[] y;
  private final double[] v;
  private double least;

  NegativeCurvature(MethodContext context, LowerDescent descent) {
    Settings tree = context.settings().child(KEY);
    Keys.allow(tree, keys().stream().map(Parameter::key).toList());
    oracle = context.oracle();
    this.descent = descent;
    gradient = ImplicitGradient.conjugate(oracle);
    radius = tree.number("r", RADIUS, Range.POSITIVE);
    step = tree.number("eta", STEP, Range.POSITIVE);
    mostSteps = Keys.count(tree, "T", MOST_STEPS);
    reach = tree.number("U", REACH, Range.POSITIVE);
    fall = tree.number("F", FALL, Range.POSITIVE);
    descents = Keys.count(tree, "inner-steps", DescentSettings.DEFAULT_STEPS);
    int q = oracle.lowerDim();
    rounds = Keys.count(tree, "solver-steps", Math.min(q, MOST_DEFAULT_ROUNDS));
    int p = oracle.upperDim();
    h0 = new double[p];
    h = new double[p];
    u = new double[p];
    best = new double[p];
    x = new double[p];
    y = new double[q];
    v = new double[q];
  }

  /** The keys within. */
  static List<Parameter> keys() {
    return List.of(
        Parameter.number("r", Range.POSITIVE, RADIUS, "length of the first probe"),
        Parameter.number(
            "eta",
            Range.POSITIVE,
            STEP,
            "step size of the probe; with half of it, the usual step of x, a probe of length r neither"
                + " comes to U within T steps nor always to a fall of 2.5 F"),
        Parameter.integer("T", Keys.COUNT, MOST_STEPS, "most steps of the probe"),
        Parameter.number("U", Range.POSITIVE, REACH, "length at which the probe has left"),
        Parameter.number(
            "F", Range.POSITIVE, FALL, "a fall of 2.5 F below the tangent counts as curvature"),
        Parameter.integer(
            "inner-steps",
            Keys.COUNT,
            DescentSettings.DEFAULT_STEPS,
            "D': descents of y per evaluation"),
        new Parameter(
            "solver-steps",
            Parameter.Kind.INTEGER,
            Keys.COUNT,
            List.of(),
            null,
            false,
            "N: products per evaluation; the length of y, but at most 10, when absent"));
  }

  /**
   * The hypergradient on the two batches.
   *
   * @param from where y starts, not modified
   * @param out receives it, length p
   * @return f there
   */
  double hypergradient(double[] at, double[] from, Batch zeta, Batch xi, double[] out) {
    Kernels.copy(from, y);
    return evaluate(at, zeta, xi, descents, out);
  }

  private double evaluate(double[] at, Batch zeta, Batch xi, int steps, double[] out) {
    descent.run(at, y, zeta, steps, 0);
    Arrays.fill(v, 0);
    return gradient.evaluate(at, y, v, zeta, xi, rounds, out);
  }

  /**
   * Searches at a point.
   *
   * @param from where y starts, not modified
   * @param draws where the first probe comes from
   * @param n receives a unit vector where one is found
   * @return whether it was
   */
  boolean find(double[] at, double[] from, Batch zeta, Batch xi, SplitMix64 draws, double[] n) {
    Kernels.copy(from, y);
    double f0 = evaluate(at, zeta, xi, FIRST_DESCENTS * descents, h0);
    draws.sphere(radius, u);
    least = 0;
    for (int t = 0; t < mostSteps; t++) {
      Kernels.add(at, 1, u, x);
      double f = evaluate(x, zeta, xi, descents, h);
      double q = f - f0 - Kernels.dot(h0, u);
      double length = Kernels.norm2(u);
      if (length > reach) {
        break;
      }
      if (q < least) {
        least = q;
        Kernels.copy(u, best);
      }
      Kernels.axpy(-step, h, u);
      Kernels.axpy(step, h0, u);
    }
    if (!(least <= FACTOR * fall)) {
      return false;
    }
    double length = Kernels.norm2(best);
    for (int i = 0; i < n.length; i++) {
      n[i] = best[i] / length;
    }
    return true;
  }

  /** The least q of the last search, 0 where none was below. */
  double least() {
    return least;
  }

  /** How far the last search had gone when it ended. */
  double length() {
    return Kernels.norm2(u);
  }
}
