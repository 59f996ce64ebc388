package io.thalweg.portfolio;

/** Looks at every array of the state, always the same names in the same order. */
public interface StateVisitor {
  /**
   * Numbers.
   *
   * @param name of the array
   * @param live the array itself
   */
  void doubles(String name, double[] live);

  /**
   * Counts.
   *
   * @param name of the array
   * @param live the array itself
   */
  void longs(String name, long[] live);
}
