package io.thalweg.solver;

import io.thalweg.oracle.SharpModel.Sharpness;

/**
 * Sizes of the steps of a sharp problem: stage t = 0, 1, ..., T - 1 takes K samples with step
 * alpha0 2^-t. With the constants mu and L of the problem, delta = 1/4 and a chance of failure of 1
 * / sqrt 10, theory has
 *
 * <pre>
 * R0 = sqrt(delta) mu,  K = floor(T^2 (L / (fail mu))^2),  alpha0 = R0 / (L sqrt(K + 1))
 * </pre>
 *
 * and T = ceil(log2(2 delta / tol)), 16 for a tolerance of 1e-5: arXiv 1907.09547.
 *
 * @param alpha0 step size of the first stage, positive
 * @param samples K, at least 1
 * @param stages T, at least 1
 */
record SharpSteps(double alpha0, int samples, int stages) {
  static final int DEFAULT_STAGES = 16;

  /** The part of K that is enough in practice. */
  static final double SHRINK = 0.1;

  /** What alpha0 may be multiplied by in practice. */
  static final double BOLD = 5;

  private static final double DELTA = 0.25;

  /** 1 / fail^2. */
  private static final double CONFIDENCE = 10;

  /**
   * K.
   *
   * @param shrink part of what theory asks for, 1 for all of it
   */
  static int samples(Sharpness of, int stages, double shrink) {
    double ratio = of.lipschitz() / of.mu();
    double all = CONFIDENCE * stages * stages * ratio * ratio;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.floor(shrink * all)));
  }

  /** R0 / (L sqrt(K + 1)). */
  static double alpha0(Sharpness of, int samples) {
    return Math.sqrt(DELTA) * of.mu() / (of.lipschitz() * Math.sqrt(samples + 1.0));
  }

  /** The step size of a stage. */
  double at(long stage) {
    return Math.scalb(alpha0, (int) -Math.min(stage, stages));
  }
}
