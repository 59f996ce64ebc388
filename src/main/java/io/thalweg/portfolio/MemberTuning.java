package io.thalweg.portfolio;

/**
 * How a member tunes itself.
 *
 * @param start first step size of every weight
 * @param theta relative change of a step size by one record, in (0, 0.1)
 * @param estimator what the step sizes move along
 * @param beta share of the newest record in the running estimate of the hypergradient, in (0, 1]; 1
 *     is the plain one whatever the estimator
 * @param damping by how much every record that waits for its label shortens the steps, relative to
 *     one record; not negative
 * @param l2 first L2 weight, positive
 * @param l2Theta relative change of an L2 weight by one record; 0 leaves it as it is
 * @param leastStep lower bound of the step sizes, positive
 * @param mostStep upper bound of the step sizes
 */
public record MemberTuning(
    double start,
    double theta,
    Estimator estimator,
    double beta,
    double damping,
    double l2,
    double l2Theta,
    double leastStep,
    double mostStep) {
  /** An estimate d of the hypergradient of the step sizes, from those m of one record each. */
  public enum Estimator {
    /** d = m. */
    PLAIN,
    /** d &lt;- d + beta (m - d). */
    MOMENTUM,
    /**
     * d &lt;- m + (1 - beta) (d - m'), m' being the hypergradient of the same record before the
     * last one was learned (arXiv 1905.10018).
     */
    STORM
  }

  boolean smooths() {
    return estimator != Estimator.PLAIN && beta < 1;
  }

  boolean compares() {
    return estimator == Estimator.STORM && beta < 1;
  }
}
