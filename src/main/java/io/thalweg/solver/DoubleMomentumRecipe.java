package io.thalweg.solver;

import io.thalweg.estimator.Storm;
import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;

/**
 * STORM estimates of both directions. Move k = 0, 1, ... with the batches zs (lower), w (upper),
 * the lower ones of the factors and a last one for J, where hyper is {@link SampledHypergradient}
 * on w and those:
 *
 * <pre>
 * e_y = gy(x_k, y_k) + (1 - a_k) (e_y - gy(x_{k-1}, y_{k-1}))                    both on zs
 * e_x = hyper(x_k, y_k) + (1 - a_k) (e_x - hyper(x_{k-1}, y_{k-1}))              both on the same batches
 * y -= beta s_k e_y      x = P_X(x - alpha s_k e_x)                              {@link StormSteps}
 * </pre>
 *
 * The first move takes the plain values.
 */
final class DoubleMomentumRecipe implements Recipe {
  private final BilevelOracle oracle;
  private final double alpha;
  private final double beta;
  private final StormSteps steps;
  private final InverseTerms terms;
  private final SampledHypergradient hypergradient;
  private final UpperStep upperStep;
  private final Storm storm = new Storm();
  private final int ex;
  private final int ey;
  private final int xBefore;
  private final int yBefore;
  private final double[] oldX;
  private final double[] oldY;
  private final long[] unread;

  DoubleMomentumRecipe(
      MethodContext context,
      double alpha,
      double beta,
      StormSteps steps,
      InverseTerms terms,
      Inverse inverse) {
    oracle = context.oracle();
    this.alpha = alpha;
    this.beta = beta;
    this.steps = steps;
    this.terms = terms;
    hypergradient = new SampledHypergradient(oracle, inverse);
    upperStep = UpperStep.of(context);
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    StateLayout layout = context.layout();
    ex = layout.slot("e-x", p);
    ey = layout.slot("e-y", q);
    xBefore = layout.slot("x-before", p);
    yBefore = layout.slot("y-before", q);
    oldX = new double[p];
    oldY = new double[q];
    unread = new long[layout.counters()];
  }

  @Override
  public Consumption next(State now) {
    return terms.next(now);
  }

  @Override
  public void begin(State initial) {
    terms.begin(initial);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    long k = now.t() - 1;
    Batch zs = input.lower().get(0);
    Batch w = input.upper().get(0);
    hypergradient.choose(input.lower(), 1, terms.of(now));
    double[] upper = next.slots[ex];
    double[] lower = next.slots[ey];
    double g = oracle.gradLowerY(now.x, now.y, zs, lower);
    double f = hypergradient.at(now.x, now.y, w, next.counters, upper);
    figures.losses(f, g);
    if (k > 0) {
      double[] x = now.slots[xBefore];
      double[] y = now.slots[yBefore];
      oracle.gradLowerY(x, y, zs, oldY);
      hypergradient.at(x, y, w, unread, oldX);
      double a = steps.weight(k);
      storm.update(now.slots[ey], oldY, a, lower, 0, lower.length);
      storm.update(now.slots[ex], oldX, a, upper, 0, upper.length);
    }
    Kernels.copy(now.x, next.slots[xBefore]);
    Kernels.copy(now.y, next.slots[yBefore]);
    double s = steps.scale(k);
    Kernels.add(now.y, -beta * s, lower, next.y);
    upperStep.take(now.x, alpha * s, upper, next);
    terms.settle(now, next);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", Kernels.norm2(now.slots[ex]));
    sink.figure("lower-residual", Kernels.norm2(now.slots[ey]));
  }
}
