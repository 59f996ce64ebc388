package io.thalweg.portfolio;

/**
 * How a member tunes itself.
 *
 * @param start first step size of every weight
 * @param theta relative change of a step size by one record, in (0, 0.1)
 * @param beta share of the newest record in the running mean of the hypergradient; 1 for none
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
    double beta,
    double damping,
    double l2,
    double l2Theta,
    double leastStep,
    double mostStep) {}
