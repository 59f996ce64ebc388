package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * A step of BOME from (x, y):
 *
 * <ol>
 *   <li>y^ = T steps of size lr-inner on g(x, .) from y
 *   <li>q = g(x, y) - g(x, y^) with y^ held: grad q = (gx(x, y) - gx(x, y^), gy(x, y))
 *   <li>phi = eta |grad q|^2 (grad) or eta q (value); lambda = max(0, (phi - grad f'grad q) /
 *       (|grad q|^2 + guard)), inner product and norm over both levels
 *   <li>x becomes P_X(x - lr-x (fx + lambda q_x)), y becomes y - lr-y (fy + lambda q_y), both by
 *       the values of (x, y)
 * </ol>
 */
final class BomeRecipe implements Recipe {
  static final String GRAD = "grad";
  static final String VALUE = "value";
  static final List<String> PHIS = List.of(GRAD, VALUE);
  static final double STEP = 0.1;
  static final int T = 10;
  static final double ETA = 0.5;
  static final double GUARD = 1e-8;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final ValueGap gap;
  private final double lrX;
  private final double lrY;
  private final int inner;
  private final double eta;
  private final boolean byValue;
  private final double guard;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure multiplier;
  private final Figure valueGap;
  private final Figure kkt;
  private final double[] better;
  private final double[] fx;
  private final double[] fy;

  BomeRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    lrX = settings.number("lr-x", STEP, Range.POSITIVE);
    lrY = settings.number("lr-y", STEP, Range.POSITIVE);
    descent = new LowerDescent(oracle, settings.number("lr-inner", STEP, Range.POSITIVE));
    inner = Keys.count(settings, "T", T);
    eta = settings.number("eta", ETA, Range.POSITIVE);
    byValue = Keys.choice(settings, "phi", PHIS, GRAD).equals(VALUE);
    guard = settings.number("guard", GUARD, Range.POSITIVE);
    gap = new ValueGap(oracle);
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    multiplier = Figure.of(context, "multiplier");
    valueGap = Figure.of(context, "value-gap");
    kkt = Figure.of(context, "kkt-residual");
    upperStep = UpperStep.of(context);
    better = new double[oracle.lowerDim()];
    fx = new double[oracle.upperDim()];
    fy = new double[oracle.lowerDim()];
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Kernels.copy(now.y, better);
    double g = descent.run(now.x, better, zeta, inner, 0);
    double q = gap.evaluate(now.x, now.y, better, zeta);
    figures.losses(oracle.upperGradients(now.x, now.y, input.upper().get(0), fx, fy), g);
    double[] qx = gap.qx();
    double[] qy = gap.qy();
    double square = Kernels.dot(qx, qx) + Kernels.dot(qy, qy);
    double along = Kernels.dot(fx, qx) + Kernels.dot(fy, qy);
    double phi = eta * (byValue ? q : square);
    double lambda = Math.max(0, (phi - along) / (square + guard));
    Kernels.axpy(lambda, qx, fx);
    Kernels.axpy(lambda, qy, fy);
    upperStep.take(now.x, lrX, fx, next);
    Kernels.add(now.y, -lrY, fy, next.y);
    hypergradient.note(next, Kernels.norm2(fx));
    residual.note(next, Kernels.norm2(qy));
    multiplier.note(next, lambda);
    valueGap.note(next, q);
    kkt.note(next, Kernels.dot(fx, fx) + Kernels.dot(fy, fy));
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    multiplier.report(now, sink);
    valueGap.report(now, sink);
    kkt.report(now, sink);
  }
}
