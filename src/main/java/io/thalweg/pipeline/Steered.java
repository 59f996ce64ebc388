package io.thalweg.pipeline;

import java.util.List;

/**
 * What commands have made of a method and is in force, in the user's units.
 *
 * @param stepSizes factor of the step sizes that the job says
 * @param coordinates those that are bounded or frozen, in coordinate order
 */
public record Steered(double stepSizes, List<Coordinate> coordinates) {
  /** All is as the job says. */
  public static final Steered NONE = new Steered(1, List.of());

  /**
   * A coordinate of the upper variable.
   *
   * @param name as in snapshots
   * @param lower least value, minus infinity for none
   * @param upper largest value, infinity for none
   * @param frozen whether it stays where it is
   */
  public record Coordinate(String name, double lower, double upper, boolean frozen) {}

  /**
   * Copies the list.
   *
   * @param stepSizes factor of the step sizes that the job says
   * @param coordinates those that are bounded or frozen, in coordinate order
   */
  public Steered {
    coordinates = List.copyOf(coordinates);
  }
}
