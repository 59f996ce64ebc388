package io.thalweg.portfolio;

/**
 * Bounds of single upper variables, in the form in which members hold them: step sizes and L2
 * weights themselves, what weights of records are made of.
 *
 * @param steps by entry j K + k of a model
 * @param penalties by group
 * @param recordWeights by their number
 */
public record Limits(Ends steps, Ends penalties, Ends recordWeights) {
  /**
   * A few variables of one kind and their ends.
   *
   * @param at which
   * @param least lower end of each
   * @param most upper end of each
   */
  public record Ends(int[] at, double[] least, double[] most) {
    /** How many there are. */
    int size() {
      return at.length;
    }

    double nearest(int i, double value) {
      return Math.min(most[i], Math.max(least[i], value));
    }

    void clamp(double[] values) {
      for (int i = 0; i < at.length; i++) {
        values[at[i]] = nearest(i, values[at[i]]);
      }
    }
  }
}
