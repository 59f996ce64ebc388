package io.thalweg.watch;

/**
 * Hears the losses of a model on samples that it has not learned, step by step, and says when they
 * have risen for good. Losses that fall are progress and never reported. Its state is of fixed
 * size. Not thread-safe.
 *
 * <p>A step brings the mean loss of n samples. As if samples were independent, its variance is s^2
 * / n with s^2 the variance of one sample, so steps of very different sizes can follow each other:
 * a mean is one by samples, and the surprise about a step is counted in its own standard
 * deviations.
 */
public interface DriftDetector {
  /**
   * Takes one step in. After a drift it has begun anew.
   *
   * @param loss mean over the samples of the step, finite
   * @param samples their number, or the sum of their weights, above 0
   * @return whether this step completes the evidence of a drift
   */
  boolean add(double loss, double samples);

  /**
   * The mean loss that the last drift was a rise from.
   *
   * @return 0 before the first one
   */
  double before();

  /**
   * The mean loss that the last drift was a rise to.
   *
   * @return 0 before the first one
   */
  double after();

  /** Forgets all losses, but not {@link #before} and {@link #after}. */
  void restart();

  /**
   * Hands out every array of its state, always the same names in the same order.
   *
   * @param slots hears of each
   */
  void state(Slots slots);
}
