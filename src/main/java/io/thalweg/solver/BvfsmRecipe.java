package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

/**
 * Move t = 1, 2, ... of BVFSM from (x, y, z), with d = 1 / ln(1.1 t):
 *
 * <ol>
 *   <li>kz times z becomes z - lr-z (gy(x, z) + 2 mu2 d z); then r = g(x, z) + mu2 d |z|^2
 *   <li>b = sigma d / (r + offset), a constant of the step: the gradient stops there
 *   <li>ky times y becomes y - lr-y (fy(x, y) + 2 theta2 d y + b gy(x, y))
 *   <li>x becomes P_X(x - lr-x (fx(x, y) - b (gx(x, z) - gx(x, y))))
 * </ol>
 */
final class BvfsmRecipe implements Recipe {
  static final double STEP = 0.01;
  static final int KZ = 50;
  static final int KY = 25;
  static final double RIDGE = 0.01;
  static final double SIGMA = 0.001;
  private static final double OFFSET_BEYOND_LENGTH = 1e-8;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final double lrX;
  private final double lrY;
  private final int kz;
  private final int ky;
  private final double mu2;
  private final double theta2;
  private final double sigma;
  private final double offset;
  private final int z;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure valueGap;
  private final double[] fx;
  private final double[] gx;
  private final double[] fy;
  private final double[] gy;

  BvfsmRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    lrX = settings.number("lr-x", STEP, Range.POSITIVE);
    lrY = settings.number("lr-y", STEP, Range.POSITIVE);
    descent = new LowerDescent(oracle, settings.number("lr-z", STEP, Range.POSITIVE));
    kz = Keys.count(settings, "kz", KZ);
    ky = Keys.count(settings, "ky", KY);
    mu2 = settings.number("mu2", RIDGE, Range.NON_NEGATIVE);
    theta2 = settings.number("theta2", RIDGE, Range.NON_NEGATIVE);
    sigma = settings.number("sigma", SIGMA, Range.POSITIVE);
    offset = settings.number("offset", oracle.lowerDim() + OFFSET_BEYOND_LENGTH, Range.POSITIVE);
    z = context.layout().slot("z", oracle.lowerDim());
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    valueGap = Figure.of(context, "value-gap");
    upperStep = UpperStep.of(context);
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
    double[] y = next.y;
    double[] solved = next.slots[z];
    double d = 1 / StrictMath.log(1.1 * now.t());
    Kernels.copy(now.slots[z], solved);
    double g = descent.run(x, solved, zeta, kz, 2 * mu2 * d);
    residual.note(next, descent.residual());
    figures.losses(oracle.upperValue(x, now.y, xi), g);
    double best = oracle.lowerValue(x, solved, zeta);
    double b = sigma * d / (best + mu2 * d * Kernels.dot(solved, solved) + offset);
    Kernels.copy(now.y, y);
    for (int i = 0; i < ky; i++) {
      oracle.gradUpperY(x, y, xi, fy);
      oracle.gradLowerY(x, y, zeta, gy);
      Kernels.axpy(2 * theta2 * d, y, fy);
      Kernels.axpy(b, gy, fy);
      Kernels.axpy(-lrY, fy, y);
    }
    valueGap.note(next, oracle.lowerValue(x, y, zeta) - best);
    oracle.gradUpperX(x, y, xi, fx);
    oracle.gradLowerX(x, solved, zeta, gx);
    Kernels.axpy(-b, gx, fx);
    oracle.gradLowerX(x, y, zeta, gx);
    Kernels.axpy(b, gx, fx);
    upperStep.take(x, lrX, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    valueGap.report(now, sink);
  }
}
