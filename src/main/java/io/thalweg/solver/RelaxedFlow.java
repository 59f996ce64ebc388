package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * Follows dz/dt = d(z), d the direction of {@link RelaxedDirections#qp}, by Euler steps z + gamma d
 * or by the classical Runge-Kutta rule of order four, which takes d at four points on the same
 * batches. x is projected on its set after the step and at every stage.
 */
final class RelaxedFlow implements Recipe {
  private final LowerStationarity lower;
  private final ConstraintLevel level;
  private final double gamma;
  private final double eps;
  private final Constraint constraint;
  private final UpperStep upperStep;
  private final JointDirection direction;

  /** A stage of the Runge-Kutta rule, and the sum of the directions; empty without. */
  private final double[] stageX;

  private final double[] stageY;
  private final double[] sumX;
  private final double[] sumY;
  private final StepFigures unseen = new StepFigures();

  /**
   * The flow of a level.
   *
   * @param gamma step in time
   * @param stages whether to take the Runge-Kutta rule
   * @param eps what |gy| may be, 0 where the constraint is not relaxed
   */
  RelaxedFlow(
      MethodContext context, ConstraintLevel level, double gamma, boolean stages, double eps) {
    this.level = level;
    this.gamma = gamma;
    this.eps = eps;
    constraint = context.constraint();
    upperStep = UpperStep.of(context);
    lower = new LowerStationarity(context);
    direction = new JointDirection(context);
    int p = stages ? context.oracle().upperDim() : 0;
    int q = stages ? context.oracle().lowerDim() : 0;
    stageX = new double[p];
    stageY = new double[q];
    sumX = new double[p];
    sumY = new double[q];
  }

  @Override
  public Consumption next(State now) {
    return lower.consumption();
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    double[] dx = direction.x(next);
    double[] dy = direction.y(next);
    point(now.x, now.y, input, figures, dx, dy);
    lower.note(next);
    if (stageY.length > 0) {
      Kernels.copy(dx, sumX);
      Kernels.copy(dy, sumY);
      stage(now, gamma / 2, 2, input, dx, dy);
      stage(now, gamma / 2, 2, input, dx, dy);
      stage(now, gamma, 1, input, dx, dy);
      for (int i = 0; i < dx.length; i++) {
        dx[i] = sumX[i] / 6;
      }
      for (int i = 0; i < dy.length; i++) {
        dy[i] = sumY[i] / 6;
      }
    }
    direction.note(next);
    upperStep.take(now.x, -gamma, dx, next);
    Kernels.add(now.y, gamma, dy, next.y);
  }

  /** The direction at a step along the last one, which it replaces; added with its weight. */
  private void stage(
      State now, double along, double weight, StepInput input, double[] dx, double[] dy) {
    Kernels.add(now.x, along, dx, stageX);
    constraint.project(stageX);
    Kernels.add(now.y, along, dy, stageY);
    point(stageX, stageY, input, unseen, dx, dy);
    Kernels.axpy(weight, dx, sumX);
    Kernels.axpy(weight, dy, sumY);
  }

  private void point(
      double[] x, double[] y, StepInput input, StepFigures figures, double[] dx, double[] dy) {
    lower.evaluate(x, y, input, figures);
    lower.directions().qp(level.of(lower.slopeSquare(), lower.h()), dx, dy);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    direction.report(now, sink);
    double h = lower.h(now);
    sink.figure("lower-residual", Math.sqrt(h));
    if (eps > 0) {
      sink.figure("constraint-excess", Math.max(0, h - eps * eps));
    }
  }
}
