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

  JointDirection(MethodContext context) {
    dx = context.layout().slot("dx", context.oracle().upperDim());
    dy = context.layout().slot("dy", context.oracle().lowerDim());
  }

  double[] x(State state) {
    return state.slots[dx];
  }

  double[] y(State state) {
    return state.slots[dy];
  }

  void report(State now, Solver.Report sink) {
    double[] x = x(now);
    double[] y = y(now);
    sink.figure("hypergradient-norm", Kernels.norm2(x));
    sink.figure("direction-norm", Math.sqrt(Kernels.dot(x, x) + Kernels.dot(y, y)));
  }
}
