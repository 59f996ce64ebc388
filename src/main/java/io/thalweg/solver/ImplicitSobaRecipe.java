package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;

/**
 * Move t = 1, 2, ... where g = data term + 1/2 sum_j e_j(x) y_j^2, r = rho t^-decay, everything at
 * the values of before:
 *
 * <pre>
 * y = (y - r (gy - e o y)) / (1 + r e)        v = (v - r (Hv - e o v - fy)) / (1 + r e)
 * h = fx - J v          d += beta (h - d)      q = rms q + (1 - rms) h^2
 * x = P_X(x - gamma t^-decay d / (sqrt(q / (1 - rms^t)) + 1e-8))
 * </pre>
 *
 * all quotients and squares by entry; v, d and q start at 0. The first line is the same as y - r gy
 * / (1 + r e): the terms e o y cancel, and so they are left out, with their rounding. A negative
 * weight would make the implicit form unstable where the explicit one is not; it is left in the
 * gradient, e being its positive part.
 */
final class ImplicitSobaRecipe implements Recipe {
  private final JointSteps steps;
  private final double beta;
  private final RmsScale scale;
  private final BilevelOracle oracle;
  private final int v;
  private final int mean;
  private final int square;
  private final JointDirections directions;
  private final UpperStep upperStep;
  private final StepNorms norms;
  private final double[] penalty;
  private final double[] scaled;

  ImplicitSobaRecipe(MethodContext context, JointSteps steps, double beta, double rms) {
    this.steps = steps;
    this.beta = beta;
    scale = new RmsScale(rms);
    oracle = context.oracle();
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    v = context.layout().slot("v", q);
    mean = context.layout().slot("d", p);
    square = context.layout().slot("q", p);
    directions = new JointDirections(oracle, v);
    upperStep = UpperStep.of(context);
    norms = StepNorms.of(context, StepNorms.UPPER, StepNorms.LOWER, StepNorms.LINEAR);
    penalty = new double[q];
    scaled = new double[p];
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    directions.evaluate(now, input.lower().get(0), input.upper().get(0), figures);
    long t = now.t();
    double rho = steps.lower().at(t);
    if (oracle.lowerPenalty(now.x, penalty)) {
      implicit(now.y, rho, directions.lower, next.y);
      implicit(now.slots[v], rho, directions.linear, next.slots[v]);
    } else {
      Kernels.add(now.y, -rho, directions.lower, next.y);
      Kernels.add(now.slots[v], -rho, directions.linear, next.slots[v]);
    }
    normalise(now, next, t);
    upperStep.take(now.x, steps.upper().at(t), scaled, next);
    figures.hypergradient(directions.upper);
    norms.note(now, next, 0, directions.upper);
    norms.note(now, next, 1, directions.lower);
    norms.note(now, next, 2, directions.linear);
  }

  private void implicit(double[] from, double rho, double[] direction, double[] to) {
    for (int j = 0; j < from.length; j++) {
      to[j] = from[j] - rho * direction[j] / (1 + rho * Math.max(0, penalty[j]));
    }
  }

  private void normalise(State now, State next, long t) {
    double[] h = directions.upper;
    double[] d = next.slots[mean];
    for (int i = 0; i < h.length; i++) {
      d[i] = now.slots[mean][i] + beta * (h[i] - now.slots[mean][i]);
    }
    scale.apply(h, d, now.slots[square], next.slots[square], t, scaled);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    norms.report(now, sink);
  }
}
