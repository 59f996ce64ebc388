package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;

/**
 * Move t = 1, 2, ... of BVFIM from (x, z), with m = theta = sigma = decay^-t, but at least 1e-8:
 *
 * <ol>
 *   <li>kz times z becomes z - lr-z (gy(x, z) + m z); then V = g(x, z) + 1/2 m |z|^2 + m
 *   <li>y starts at z, where V - g(x, y) is at least m. ky times, with e = fy(x, y) + theta y +
 *       sigma gy(x, y) / (V - g(x, y)): y becomes y - s e, s being lr-y halved until V - g(x, y)
 *       keeps more than a tenth of what it was
 *   <li>x becomes P_X(x - lr-x (fx(x, y) - sigma (gx(x, z) - gx(x, y)) / (V - g(x, y))))
 * </ol>
 */
final class BvfimRecipe extends ValueFunctionRecipe {
  static final double DECAY = 1.01;
  static final Range DECAYS = new Range(1, false, Double.POSITIVE_INFINITY, true);

  /** Least m: a smaller margin would drown in the rounding of V - g(x, y). */
  private static final double LEAST = 1e-8;

  /** Share of the slack that a step of y must leave. */
  private static final double KEPT = 0.1;

  /** After so many halvings a step is below the rounding of y; y stays where it is. */
  private static final int MOST_HALVINGS = 60;

  private final double logDecay;
  private final int halvings;
  private final Figure slack;
  private final double[] trial;

  BvfimRecipe(MethodContext context) {
    super(context);
    logDecay = StrictMath.log(context.settings().number("decay", DECAY, DECAYS));
    halvings = context.layout().counter("halvings");
    slack = Figure.of(context, "slack");
    trial = new double[oracle.lowerDim()];
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    double[] solved = next.slots[z];
    double m = Math.max(LEAST, StrictMath.exp(-now.t() * logDecay));
    double g = descend(now, next, zeta, m);
    double best = oracle.lowerValue(now.x, solved, zeta);
    double level = best + 0.5 * m * Kernels.dot(solved, solved) + m;
    Kernels.copy(solved, next.y);
    double room = level - best;
    double f = Double.NaN;
    for (int i = 0; i < ky; i++) {
      double value = direction(now.x, next.y, zeta, xi, m, room);
      f = i == 0 ? value : f;
      double left = moveWithin(now.x, next, zeta, level, room);
      if (left <= KEPT * room) {
        break;
      }
      room = left;
    }
    figures.losses(f, g);
    moveUpper(now, next, zeta, xi, m / room);
    slack.note(next, room);
  }

  /** e of step 2, in {@link #fy}; returns f. */
  private double direction(double[] x, double[] y, Batch zeta, Batch xi, double m, double room) {
    double f = oracle.gradUpperY(x, y, xi, fy);
    oracle.gradLowerY(x, y, zeta, gy);
    Kernels.axpy(m, y, fy);
    Kernels.axpy(m / room, gy, fy);
    return f;
  }

  /**
   * Moves next.y along e within the interior.
   *
   * @return the slack V - g(x, y) it leaves; where that is too little, y has stayed
   */
  private double moveWithin(double[] x, State next, Batch zeta, double level, double room) {
    double step = lrY;
    double left = tryStep(x, next.y, step, zeta, level);
    // a slack that is not a number ends the search: the step is refused then
    for (int h = 0; left <= KEPT * room && h < MOST_HALVINGS; h++) {
      step /= 2;
      next.counters[halvings]++;
      left = tryStep(x, next.y, step, zeta, level);
    }
    if (!(left <= KEPT * room)) {
      Kernels.copy(trial, next.y);
    }
    return left;
  }

  private double tryStep(double[] x, double[] y, double step, Batch zeta, double level) {
    Kernels.add(y, -step, fy, trial);
    return level - oracle.lowerValue(x, trial, zeta);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    super.report(now, sink);
    slack.report(now, sink);
  }
}
