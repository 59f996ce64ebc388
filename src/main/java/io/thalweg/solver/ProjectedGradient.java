package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * |x - P_X(x - gamma w)| / gamma, which is 0 where a constrained x is stationary; w itself is not 0
 * there.
 */
final class ProjectedGradient {
  private static final String NAME = "projected-gradient-norm";

  private final Constraint constraint;
  private final double gamma;
  private final double[] away;

  /**
   * One for vectors of length p.
   *
   * @param constraint X; without bounds nothing is reported
   * @param gamma step of x
   */
  ProjectedGradient(Constraint constraint, double gamma, int p) {
    this.constraint = constraint;
    this.gamma = gamma;
    away = new double[constraint.bounded() ? p : 0];
  }

  /** Reports it at x with the direction w, where there is a constraint. */
  void report(double[] x, double[] w, Solver.Report sink) {
    if (!constraint.bounded()) {
      return;
    }
    Kernels.add(x, -gamma, w, away);
    constraint.project(away);
    Kernels.axpy(-1, x, away);
    sink.figure(NAME, Kernels.norm2(away) / gamma);
  }
}
