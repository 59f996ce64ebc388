package io.thalweg.stream;

/**
 * Between what ends the features of a sample count as they are; entries beyond count as the ends.
 *
 * @param low least entry of every feature; empty where all count as they are, or where there are
 *     too many to be published; not to be modified
 * @param high largest entry of every feature, as many
 */
public record FeatureRange(double[] low, double[] high) {
  /** Every entry counts as it is. */
  public static final FeatureRange NONE = new FeatureRange(new double[0], new double[0]);

  /**
   * Whether there is nothing to say.
   *
   * @return true without entries
   */
  public boolean isEmpty() {
    return low.length == 0;
  }
}
