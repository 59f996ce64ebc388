package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;

/**
 * Move k = 0, 1, ... with the batches s (lower), w (upper), q lower ones and a last one:
 *
 * <pre>
 * y -= beta (k + 1)^(-2/5) gy(x, y; s)
 * v = Q eta prod_{j=1..q} (I - eta H_j(x, y)) fy(x, y; w)               at the new y
 * x = P_X(x - alpha (k + 1)^(-3/5) (fx(x, y; w) - J(x, y) v))           at the new y
 * </pre>
 */
final class TtsaRecipe implements Recipe {
  private static final double LOWER_POWER = 2.0 / 5;
  private static final double UPPER_POWER = 3.0 / 5;

  private final BilevelOracle oracle;
  private final Schedule alpha;
  private final Schedule beta;
  private final InverseTerms terms;
  private final SampledHypergradient hypergradient;
  private final UpperStep upperStep;
  private final StepNorms norms;
  private final double[] gy;
  private final double[] h;

  TtsaRecipe(
      MethodContext context, double alpha, double beta, InverseTerms terms, Inverse inverse) {
    oracle = context.oracle();
    this.alpha = Schedule.falling(alpha, UPPER_POWER);
    this.beta = Schedule.falling(beta, LOWER_POWER);
    this.terms = terms;
    hypergradient = new SampledHypergradient(oracle, inverse);
    upperStep = UpperStep.of(context);
    norms = StepNorms.of(context, StepNorms.UPPER, StepNorms.LOWER);
    gy = new double[oracle.lowerDim()];
    h = new double[oracle.upperDim()];
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
    double g = oracle.gradLowerY(now.x, now.y, input.lower().get(0), gy);
    Kernels.add(now.y, -beta.at(now.t()), gy, next.y);
    hypergradient.choose(input.lower(), 1, terms.of(now));
    double f = hypergradient.at(now.x, next.y, input.upper().get(0), next.counters, h);
    figures.losses(f, g);
    upperStep.take(now.x, alpha.at(now.t()), h, next);
    terms.settle(now, next);
    norms.note(now, next, 0, h);
    norms.note(now, next, 1, gy);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    norms.report(now, sink);
  }
}
