package io.thalweg.solver;

/**
 * The level c that the linearised constraint is asked to fall at, d'grad h + c &lt;= 0: what tells
 * the methods of relaxed gradient flow apart.
 */
@FunctionalInterface
interface ConstraintLevel {
  /**
   * c.
   *
   * @param slope |grad h|
   * @param residual |gy|, so that h = residual^2
   */
  double of(double slope, double residual);

  /** alpha |grad h|^2, under a regularity of gy. */
  static ConstraintLevel slope(double alpha) {
    return (slope, residual) -> alpha * (slope * slope);
  }

  /** alpha |grad h| |gy|, without it. */
  static ConstraintLevel product(double alpha) {
    return (slope, residual) -> alpha * slope * residual;
  }

  /** alpha (h - eps^2): the constraint is relaxed, and within it h may grow. */
  static ConstraintLevel relaxed(double alpha, double eps) {
    return (slope, residual) -> alpha * (residual * residual - eps * eps);
  }
}
