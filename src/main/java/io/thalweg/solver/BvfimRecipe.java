package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

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
final class BvfimRecipe implements Recipe {
  static final double DECAY = 1.01;
  static final Range DECAYS = new Range(1, false, Double.POSITIVE_INFINITY, true);

  /** Least m: a smaller margin would drown in the rounding of V - g(x, y). */
  private static final double LEAST = 1e-8;

  /** Share of the slack that a step of y must leave. */
  private static final double KEPT = 0.1;

  /** After so many halvings a step is below the rounding of y; y stays where it is. */
  private static final int MOST_HALVINGS = 60;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final double lrX;
  private final double lrY;
  private final int kz;
  private final int ky;
  private final double logDecay;
  private final int z;
  private final int halvings;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure slack;
  private final double[] trial;
  private final double[] fx;
  private final double[] gx;
  private final double[] fy;
  private final double[] gy;

  BvfimRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    lrX = settings.number("lr-x", BvfsmRecipe.STEP, Range.POSITIVE);
    lrY = settings.number("lr-y", BvfsmRecipe.STEP, Range.POSITIVE);
    descent = new LowerDescent(oracle, settings.number("lr-z", BvfsmRecipe.STEP, Range.POSITIVE));
    kz = Keys.count(settings, "kz", BvfsmRecipe.KZ);
    ky = Keys.count(settings, "ky", BvfsmRecipe.KY);
    logDecay = StrictMath.log(settings.number("decay", DECAY, DECAYS));
    z = context.layout().slot("z", oracle.lowerDim());
    halvings = context.layout().counter("halvings");
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    slack = Figure.of(context, "slack");
    upperStep = UpperStep.of(context);
    trial = new double[oracle.lowerDim()];
    fx = new double[oracle.upperDim()];
    gx = new double[oracle.upperDim()];
    fy = new double[oracle.lowerDim()];
    gy = new double[oracle.lowerDim()];
  }

  @Override
  public void begin(State initial) {
    Kernels.copy(initial.y, initial.slots[z]);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    double[] x = now.x;
    double[] solved = next.slots[z];
    double m = Math.max(LEAST, StrictMath.exp(-now.t() * logDecay));
    Kernels.copy(now.slots[z], solved);
    double g = descent.run(x, solved, zeta, kz, m);
    residual.note(next, descent.residual());
    figures.losses(oracle.upperValue(x, solved, xi), g);
    double best = oracle.lowerValue(x, solved, zeta);
    double level = best + 0.5 * m * Kernels.dot(solved, solved) + m;
    Kernels.copy(solved, next.y);
    double room = descend(next, xi, zeta, x, level, level - best, m);
    oracle.gradUpperX(x, next.y, xi, fx);
    oracle.gradLowerX(x, solved, zeta, gx);
    Kernels.axpy(-m / room, gx, fx);
    oracle.gradLowerX(x, next.y, zeta, gx);
    Kernels.axpy(m / room, gx, fx);
    upperStep.take(x, lrX, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
    slack.note(next, room);
  }

  /** Moves next.y within the interior; returns the slack V - g(x, y) it ends with. */
  private double descend(
      State next, Batch xi, Batch zeta, double[] x, double level, double start, double m) {
    double room = start;
    for (int i = 0; i < ky; i++) {
      oracle.gradUpperY(x, next.y, xi, fy);
      oracle.gradLowerY(x, next.y, zeta, gy);
      Kernels.axpy(m, next.y, fy);
      Kernels.axpy(m / room, gy, fy);
      double step = lrY;
      double left = tryStep(x, next.y, step, zeta, level);
      // a slack that is not a number ends the search: the step is refused then
      for (int h = 0; left <= KEPT * room && h < MOST_HALVINGS; h++) {
        step /= 2;
        next.counters[halvings]++;
        left = tryStep(x, next.y, step, zeta, level);
      }
      if (left <= KEPT * room) {
        return room;
      }
      room = left;
      Kernels.copy(trial, next.y);
    }
    return room;
  }

  private double tryStep(double[] x, double[] y, double step, Batch zeta, double level) {
    Kernels.add(y, -step, fy, trial);
    return level - oracle.lowerValue(x, trial, zeta);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    slack.report(now, sink);
  }
}
