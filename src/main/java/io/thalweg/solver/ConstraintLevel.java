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
   * @param slopeSquare |grad h|^2
   * @param h |gy|^2
   */
  double of(double slopeSquare, double h);

  /** alpha |grad h|^2, under a regularity of gy. */
  static ConstraintLevel slope(double alpha) {
    return (slopeSquare, h) -> alpha * slopeSquare;
  }

  /** alpha |grad h| |gy|, without it. */
  static ConstraintLevel product(double alpha) {
    return (slopeSquare, h) -> alpha * Math.sqrt(slopeSquare) * Math.sqrt(h);
  }

  /** alpha (h - eps^2): the constraint is relaxed, and within it h may grow. */
  static ConstraintLevel relaxed(double alpha, double eps) {
    return (slopeSquare, h) -> alpha * (h - eps * eps);
  }
}
