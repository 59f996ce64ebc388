package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * One step of the upper variable, P_X(x - a d), which every method takes in this form. Counts the
 * projections that changed something.
 */
final class UpperStep {
  private final Constraint constraint;
  private final int active;

  private UpperStep(Constraint constraint, int active) {
    this.constraint = constraint;
    this.active = active;
  }

  /** Declares the counter where there is a constraint. */
  static UpperStep of(MethodContext context) {
    Constraint constraint = context.constraint();
    return new UpperStep(
        constraint, constraint.bounded() ? context.layout().counter("clamps-constraint") : -1);
  }

  /**
   * next.x = P_X(x - a d).
   *
   * @param x where the step starts, not modified unless it is next.x itself
   * @param a step size
   * @param direction d
   * @param next receives x and the count
   */
  void take(double[] x, double a, double[] direction, State next) {
    Kernels.add(x, -a, direction, next.x);
    project(next);
  }

  /** next.x = P_X(next.x), for steps that are not of the form x - a d. */
  void project(State next) {
    if (constraint.project(next.x)) {
      next.counters[active]++;
    }
  }
}
