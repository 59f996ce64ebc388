package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.List;

/**
 * The inner loop of methods that improve y before they look at x: a number of times y becomes y -
 * tau gy(x, y) on one batch. One gy each.
 */
final class LowerDescent {
  static final double DEFAULT_TAU = 0.1;
  static final int DEFAULT_STEPS = 5;

  private final BilevelOracle oracle;
  private final double tau;

  LowerDescent(MethodContext context) {
    oracle = context.oracle();
    tau = context.settings().number("tau", DEFAULT_TAU, Range.POSITIVE);
  }

  /** D of the settings. */
  static int steps(MethodContext context) {
    return Keys.count(context.settings(), "inner-steps", DEFAULT_STEPS);
  }

  /** The keys of the loop. */
  static List<Parameter> parameters() {
    return List.of(
        Parameter.number("tau", Range.POSITIVE, DEFAULT_TAU, "step size of y, at most 1 / Lg"),
        Parameter.integer(
            "inner-steps",
            new Range(1, false, Integer.MAX_VALUE, false),
            DEFAULT_STEPS,
            "D: steps of y before x moves"));
  }

  /**
   * Improves y at x.
   *
   * @param steps how often, at least 1
   * @param y modified
   * @param gy receives the gradient of the last step
   * @return g at the y it started from
   */
  double descend(double[] x, double[] y, Batch zeta, int steps, double[] gy) {
    double g = 0;
    for (int d = 0; d < steps; d++) {
      double value = oracle.gradLowerY(x, y, zeta, gy);
      g = d == 0 ? value : g;
      Kernels.axpy(-tau, gy, y);
    }
    return g;
  }
}
