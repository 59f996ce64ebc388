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

  /** One of the upper level, for problems without a lower one. */
  public static final Consumption ONE_UPPER = new Consumption(0, 1);

  /** None: the step that only takes up the initial point. */
  public static final Consumption NONE = new Consumption(0, 0);
}
