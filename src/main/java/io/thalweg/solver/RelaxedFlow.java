package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.Capability;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Follows dz/dt = d(z), d the direction of {@link RelaxedDirections#qp}, by Euler steps z + gamma d
 * or by the classical Runge-Kutta rule of order four. x is projected on its set after the step and
 * at every stage. The negative of d's part in x is a hypergradient estimate: where d is 0, v = -2 l
 * gy solves H v = fy.
 */
final class RelaxedFlow implements Recipe {
  private final LowerStationarity lower;
  private final ConstraintLevel level;
  private final double gamma;
  private final Constraint constraint;
  private final UpperStep upperStep;
  private final boolean fourth;
  private final int dx;
  private final int dy;
  private final double slackOf;

  // a stage of the Runge-Kutta rule, and the sum of its directions
  private final double[] stageX;
  private final double[] stageY;
  private final double[] sumX;
  private final double[] sumY;
  private final StepFigures unseen = new StepFigures();

  private RelaxedFlow(
      MethodContext context, ConstraintLevel level, double gamma, boolean fourth, double eps) {
    this.level = level;
    this.gamma = gamma;
    this.fourth = fourth;
    constraint = context.constraint();
    upperStep = UpperStep.of(context);
    lower = new LowerStationarity(context);
    int p = context.oracle().upperDim();
    int q = context.oracle().lowerDim();
    dx = context.layout().slot("dx", p);
    dy = context.layout().slot("dy", q);
    slackOf = eps * eps;
    stageX = new double[fourth ? p : 0];
    stageY = new double[fourth ? q : 0];
    sumX = new double[fourth ? p : 0];
    sumY = new double[fourth ? q : 0];
  }

  static RelaxedFlow euler(MethodContext context, ConstraintLevel level, double gamma, double eps) {
    return new RelaxedFlow(context, level, gamma, false, eps);
  }

  static RelaxedFlow rungeKutta(
      MethodContext context, ConstraintLevel level, double gamma, double eps) {
    return new RelaxedFlow(context, level, gamma, true, eps);
  }

  /** What the family asks of an oracle. */
  static Map<String, Set<Capability>> needs() {
    return Map.of(
        "",
        Collections.unmodifiableSet(EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS)));
  }

  @Override
  public Consumption next(State now) {
    return lower.consumption();
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    double[] x = next.slots[dx];
    double[] y = next.slots[dy];
    direction(now.x, now.y, input, next, figures);
    if (fourth) {
      Kernels.copy(x, sumX);
      Kernels.copy(y, sumY);
      stage(now, gamma / 2, 2, input, next);
      stage(now, gamma / 2, 2, input, next);
      stage(now, gamma, 1, input, next);
      Kernels.scale(1.0 / 6, sumX);
      Kernels.scale(1.0 / 6, sumY);
      Kernels.copy(sumX, x);
      Kernels.copy(sumY, y);
    }
    upperStep.take(now.x, -gamma, x, next);
    Kernels.add(now.y, gamma, y, next.y);
  }

  /** The direction at a step along the last one, added with its weight. */
  private void stage(State now, double along, double weight, StepInput input, State next) {
    Kernels.add(now.x, along, next.slots[dx], stageX);
    constraint.project(stageX);
    Kernels.add(now.y, along, next.slots[dy], stageY);
    direction(stageX, stageY, input, next, unseen);
    Kernels.axpy(weight, next.slots[dx], sumX);
    Kernels.axpy(weight, next.slots[dy], sumY);
  }

  private void direction(
      double[] x, double[] y, StepInput input, State next, StepFigures figures) {
    lower.evaluate(x, y, input, next, figures);
    double c = level.of(lower.slope(next), lower.residual(next));
    lower.directions().qp(c, next.slots[dx], next.slots[dy]);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    double[] x = now.slots[dx];
    double[] y = now.slots[dy];
    sink.figure("hypergradient-norm", Kernels.norm2(x));
    sink.figure("lower-residual", lower.residual(now));
    sink.figure("direction-norm", Math.sqrt(Kernels.dot(x, x) + Kernels.dot(y, y)));
    if (slackOf > 0) {
      sink.figure("constraint-excess", Math.max(0, lower.h(now) - slackOf));
    }
  }
}
