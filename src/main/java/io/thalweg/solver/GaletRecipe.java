package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;

/**
 * A step of GALET from (x, y):
 *
 * <ol>
 *   <li>N times y becomes y - beta gy(x, y)
 *   <li>at x and the new y: w starts at 0, or with {@code warm} where it ended before; T times w
 *       becomes w - rho H (fy + H w). The outer H keeps w in the range of H and makes the iteration
 *       converge where H is indefinite
 *   <li>x becomes P_X(x - alpha (fx + J w))
 * </ol>
 *
 * <p>w tends to -H^+ fy, hence the plus sign.
 */
final class GaletRecipe implements Recipe {
  static final double ALPHA = 0.05;
  static final double BETA = 0.1;
  static final double RHO = 0.01;
  static final int N = 2;
  static final int T = 10;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final double alpha;
  private final double rho;
  private final int lowerSteps;
  private final int shadowSteps;
  private final int warm;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure shadowResidual;
  private final double[] cold;
  private final double[] fx;
  private final double[] fy;
  private final double[] jw;
  private final double[] rest;
  private final double[] direction;

  GaletRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    alpha = settings.number("alpha", ALPHA, Range.POSITIVE);
    descent = new LowerDescent(oracle, settings.number("beta", BETA, Range.POSITIVE));
    rho = settings.number("rho", RHO, Range.POSITIVE);
    lowerSteps = Keys.count(settings, "N", N);
    shadowSteps = Keys.count(settings, "T", T);
    int q = oracle.lowerDim();
    boolean carried = settings.flag("warm", false);
    warm = carried ? context.layout().slot("shadow", q) : -1;
    cold = new double[carried ? 0 : q];
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    shadowResidual = Figure.of(context, "shadow-residual");
    upperStep = UpperStep.of(context);
    fx = new double[oracle.upperDim()];
    jw = new double[oracle.upperDim()];
    fy = new double[q];
    rest = new double[q];
    direction = new double[q];
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    double[] y = next.y;
    Kernels.copy(now.y, y);
    double g = descent.run(now.x, y, zeta, lowerSteps, 0);
    figures.losses(oracle.upperGradients(now.x, y, input.upper().get(0), fx, fy), g);
    double[] w = shadow(now, next);
    for (int i = 0; i < shadowSteps; i++) {
      if (i == 0 && warm < 0) {
        Kernels.copy(fy, rest);
      } else {
        oracle.hvp(now.x, y, w, zeta, rest);
        Kernels.axpy(1, fy, rest);
      }
      oracle.hvp(now.x, y, rest, zeta, direction);
      Kernels.axpy(-rho, direction, w);
    }
    oracle.jvp(now.x, y, w, zeta, jw);
    Kernels.axpy(1, jw, fx);
    upperStep.take(now.x, alpha, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
    residual.note(next, descent.residual());
    shadowResidual.note(next, Kernels.norm2(direction));
  }

  /** w where it starts. */
  private double[] shadow(State now, State next) {
    if (warm < 0) {
      Arrays.fill(cold, 0);
      return cold;
    }
    Kernels.copy(now.slots[warm], next.slots[warm]);
    return next.slots[warm];
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    shadowResidual.report(now, sink);
  }
}
