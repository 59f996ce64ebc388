package io.thalweg.stream;

/** One named piece of a solver's state at rest. */
public sealed interface StateArray {
  /**
   * Its name.
   *
   * @return as the solver saved it
   */
  String name();

  /**
   * A vector or matrix.
   *
   * @param name its name
   * @param values its entries; not to be modified
   */
  record Doubles(String name, double[] values) implements StateArray {}

  /**
   * Counters and generator words.
   *
   * @param name its name
   * @param values its words; not to be modified
   */
  record Longs(String name, long[] values) implements StateArray {}
}
