package io.thalweg.experiment;

/**
 * What is recorded along a curve; smaller is better.
 *
 * @param name lower case with dashes: the column and the plot's file name
 * @param title what it is, for axes and tables
 * @param logarithmic whether plots show its decades
 * @param sinceLast false for the value at the recorded step; true for the root mean square over all
 *     steps since the one recorded before, which tames noise
 */
public record Measure(String name, String title, boolean logarithmic, boolean sinceLast) {
  /**
   * A value whose decades matter, at the recorded step.
   *
   * @param name lower case with dashes
   * @param title what it is
   * @return the measure
   */
  public static Measure decades(String name, String title) {
    return new Measure(name, title, true, false);
  }

  /**
   * A value on a plain axis, at the recorded step.
   *
   * @param name lower case with dashes
   * @param title what it is
   * @return the measure
   */
  public static Measure plain(String name, String title) {
    return new Measure(name, title, false, false);
  }

  /**
   * The root mean square over the steps since the one recorded before, on a logarithmic axis.
   *
   * @param name lower case with dashes
   * @param title what it is
   * @return the measure
   */
  public static Measure rootMeanSquare(String name, String title) {
    return new Measure(name, title, true, true);
  }
}
