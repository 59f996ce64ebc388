package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;

/**
 * One move, y going on from where the last one left it:
 *
 * <pre>
 * D times  y -= alpha gy(x, y)                                  a lower batch each
 * v = eta sum_{q=0..Q} prod_{j=1..q} (I - eta H_j) fy(x, y)     the upper batch, Q lower ones
 * x = P_X(x - beta (fx(x, y) - J v))                            the upper batch, one lower
 * </pre>
 */
final class StocBioRecipe implements Recipe {
  private final BilevelOracle oracle;
  private final double alpha;
  private final double beta;
  private final int inner;
  private final int terms;
  private final Consumption consumption;
  private final NeumannInverse inverse;
  private final SampledHypergradient hypergradient;
  private final UpperStep upperStep;
  private final StepNorms norms;
  private final double[] gy;
  private final double[] h;

  StocBioRecipe(
      MethodContext context, double alpha, double beta, int inner, int terms, double eta) {
    oracle = context.oracle();
    this.alpha = alpha;
    this.beta = beta;
    this.inner = inner;
    this.terms = terms;
    consumption = new Consumption(Math.addExact(inner, Math.addExact(terms, 1)), 1);
    inverse = new NeumannInverse(oracle.lowerDim(), eta);
    hypergradient = new SampledHypergradient(oracle, inverse);
    upperStep = UpperStep.of(context);
    norms = StepNorms.of(context, StepNorms.UPPER, StepNorms.LOWER, "neumann-tail");
    gy = new double[oracle.lowerDim()];
    h = new double[oracle.upperDim()];
  }

  @Override
  public Consumption next(State now) {
    return consumption;
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Kernels.copy(now.y, next.y);
    double g = Double.NaN;
    for (int i = 0; i < inner; i++) {
      double value = oracle.gradLowerY(now.x, next.y, input.lower().get(i), gy);
      g = i == 0 ? value : g;
      Kernels.axpy(-alpha, gy, next.y);
    }
    hypergradient.choose(input.lower(), inner, terms);
    double f = hypergradient.at(now.x, next.y, input.upper().get(0), next.counters, h);
    figures.losses(f, g);
    upperStep.take(now.x, beta, h, next);
    norms.note(now, next, 0, h);
    norms.note(now, next, 1, gy);
    norms.note(now, next, 2, inverse.tail());
  }

  @Override
  public void report(State now, Solver.Report sink) {
    norms.report(now, sink);
  }
}
