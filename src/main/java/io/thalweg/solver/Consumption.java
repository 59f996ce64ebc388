package io.thalweg.solver;

/**
 * How many batches the next step takes.
 *
 * @param lower batches of the lower level
 * @param upper batches of the upper level
 */
public record Consumption(int lower, int upper) {
  /** One of each. */
  public static final Consumption ONE_OF_EACH = new Consumption(1, 1);
}
