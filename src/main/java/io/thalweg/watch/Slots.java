package io.thalweg.watch;

/** Receives live arrays by name: the state, to be written or to be overwritten. */
public interface Slots {
  /**
   * Numbers.
   *
   * @param name distinct within an owner
   * @param live the array at work, always of the same length
   */
  void doubles(String name, double[] live);

  /**
   * Counts.
   *
   * @param name distinct within an owner
   * @param live the array at work, always of the same length
   */
  void longs(String name, long[] live);
}
