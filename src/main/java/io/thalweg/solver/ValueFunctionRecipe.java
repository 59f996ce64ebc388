package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

/**
 * What methods share that replace the lower level by its value function: a variable z that runs
 * down a regularised g and tells the value, a variable y that runs down f within what the value
 * leaves, and with the weight b of the value the step
 *
 * <pre>
 * x becomes P_X(x - lr-x (fx(x, y) - b (gx(x, z) - gx(x, y))))
 * </pre>
 */
abstract class ValueFunctionRecipe implements Recipe {
  static final double STEP = 0.01;
  static final int KZ = 50;
  static final int KY = 25;

  final BilevelOracle oracle;
  final double lrY;
  final int ky;
  final int z;
  final double[] fy;
  final double[] gy;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final double lrX;
  private final int kz;
  private final Figure hypergradient;
  private final Figure residual;
  private final double[] fx;
  private final double[] gx;

  /** Reads lr-x, lr-y, lr-z, kz and ky. */
  ValueFunctionRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    lrX = settings.number("lr-x", STEP, Range.POSITIVE);
    lrY = settings.number("lr-y", STEP, Range.POSITIVE);
    descent = new LowerDescent(oracle, settings.number("lr-z", STEP, Range.POSITIVE));
    kz = Keys.count(settings, "kz", KZ);
    ky = Keys.count(settings, "ky", KY);
    z = context.layout().slot("z", oracle.lowerDim());
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    upperStep = UpperStep.of(context);
    fx = new double[oracle.upperDim()];
    gx = new double[oracle.upperDim()];
    fy = new double[oracle.lowerDim()];
    gy = new double[oracle.lowerDim()];
  }

  @Override
  public final void begin(State initial) {
    Kernels.copy(initial.y, initial.slots[z]);
  }

  /**
   * kz times z becomes z - lr-z (gy(x, z) + ridge z).
   *
   * @return g where z started
   */
  final double descend(State now, State next, Batch zeta, double ridge) {
    Kernels.copy(now.slots[z], next.slots[z]);
    double g = descent.run(now.x, next.slots[z], zeta, kz, ridge);
    residual.note(next, descent.residual());
    return g;
  }

  /** The step of x, from the y and z of {@code next}. */
  final void moveUpper(State now, State next, Batch zeta, Batch xi, double b) {
    oracle.gradUpperX(now.x, next.y, xi, fx);
    oracle.gradLowerX(now.x, next.slots[z], zeta, gx);
    Kernels.axpy(-b, gx, fx);
    oracle.gradLowerX(now.x, next.y, zeta, gx);
    Kernels.axpy(b, gx, fx);
    upperStep.take(now.x, lrX, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
  }
}
