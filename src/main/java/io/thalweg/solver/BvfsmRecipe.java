package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
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
final class BvfsmRecipe extends ValueFunctionRecipe {
  static final double RIDGE = 0.01;
  static final double SIGMA = 0.001;
  private static final double OFFSET_BEYOND_LENGTH = 1e-8;

  private final double mu2;
  private final double theta2;
  private final double sigma;
  private final double offset;
  private final Figure valueGap;

  BvfsmRecipe(MethodContext context) {
    super(context);
    Settings settings = context.settings();
    mu2 = settings.number("mu2", RIDGE, Range.NON_NEGATIVE);
    theta2 = settings.number("theta2", RIDGE, Range.NON_NEGATIVE);
    sigma = settings.number("sigma", SIGMA, Range.POSITIVE);
    offset = settings.number("offset", oracle.lowerDim() + OFFSET_BEYOND_LENGTH, Range.POSITIVE);
    valueGap = Figure.of(context, "value-gap");
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    double[] x = now.x;
    double[] y = next.y;
    double[] solved = next.slots[z];
    double d = 1 / StrictMath.log(1.1 * now.t());
    double g = descend(now, next, zeta, 2 * mu2 * d);
    double best = oracle.lowerValue(x, solved, zeta);
    double b = sigma * d / (best + mu2 * d * Kernels.dot(solved, solved) + offset);
    Kernels.copy(now.y, y);
    for (int i = 0; i < ky; i++) {
      double f = oracle.gradUpperY(x, y, xi, fy);
      if (i == 0) {
        figures.losses(f, g);
      }
      oracle.gradLowerY(x, y, zeta, gy);
      Kernels.axpy(2 * theta2 * d, y, fy);
      Kernels.axpy(b, gy, fy);
      Kernels.axpy(-lrY, fy, y);
    }
    valueGap.note(next, oracle.lowerValue(x, y, zeta) - best);
    moveUpper(now, next, zeta, xi, b);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    super.report(now, sink);
    valueGap.report(now, sink);
  }
}
