package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * The direction d = (dx, dy) as part of the state. Its negative part in x estimates the
 * hypergradient: where d is 0, v = -2 l gy, l the multiplier, solves H v = fy, so that fx - J v is
 * -dx.
 */
final class JointDirection {
  private final int dx;
  private final int dy;
  private final int norm;

  JointDirection(MethodContext context) {
    dx = context.layout().slot("dx", context.oracle().upperDim());
    dy = context.layout().slot("dy", context.oracle().lowerDim());
    norm = context.layout().slot("d-norm", 1);
  }

  double[] x(State state) {
    return state.slots[dx];
  }

  double[] y(State state) {
    return state.slots[dy];
  }

  /** Notes |d|, which so shows where it is not finite. */
  void note(State next) {
    double[] x = x(next);
    double[] y = y(next);
    next.slots[norm][0] = Math.sqrt(Kernels.dot(x, x) + Kernels.dot(y, y));
  }

  void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", Kernels.norm2(x(now)));
    sink.figure("direction-norm", now.slots[norm][0]);
  }
}
