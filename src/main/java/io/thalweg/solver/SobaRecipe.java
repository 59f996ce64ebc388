package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * Move k = 0, 1, ... with one lower and one upper batch, everything at the values of before:
 *
 * <pre>
 * d_y = gy(x, y)      d_v = H(x, y) v - fy(x, y)      d_x = fx(x, y) - J(x, y) v
 * y -= rho_k d_y      v -= rho_k d_v                  x = P_X(x - gamma_k d_x)
 * </pre>
 *
 * v starts at 0.
 */
final class SobaRecipe implements Recipe {
  private final JointSteps steps;
  private final int v;
  private final JointDirections directions;
  private final UpperStep upperStep;
  private final StepNorms norms;

  SobaRecipe(MethodContext context, JointSteps steps) {
    this.steps = steps;
    v = context.layout().slot("v", context.oracle().lowerDim());
    directions = new JointDirections(context.oracle(), v);
    upperStep = UpperStep.of(context);
    norms = StepNorms.of(context, StepNorms.UPPER, StepNorms.LOWER, StepNorms.LINEAR);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    directions.evaluate(now, input.lower().get(0), input.upper().get(0), figures);
    double rho = steps.lower().at(now.t());
    Kernels.add(now.y, -rho, directions.lower, next.y);
    Kernels.add(now.slots[v], -rho, directions.linear, next.slots[v]);
    upperStep.take(now.x, steps.upper().at(now.t()), directions.upper, next);
    norms.note(now, next, 0, directions.upper);
    norms.note(now, next, 1, directions.lower);
    norms.note(now, next, 2, directions.linear);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    norms.report(now, sink);
  }
}
