package io.thalweg.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a page is told first.
 *
 * @param job name of the job
 * @param method id of the method
 * @param software version of the program
 * @param control whether commands are taken
 * @param hyperparameters their names and bounds, in coordinate order
 */
public record Hello(
    String job,
    String method,
    String software,
    boolean control,
    List<Hyperparameter> hyperparameters) {
  /**
   * One hyperparameter in the user's units.
   *
   * @param name as in snapshots
   * @param lower bound, null where there is none
   * @param upper bound, null where there is none
   */
  public record Hyperparameter(String name, @Nullable Double lower, @Nullable Double upper) {}

  /**
   * Copies the list.
   *
   * @param job name of the job
   * @param method id of the method
   * @param software version of the program
   * @param control whether commands are taken
   * @param hyperparameters their names and bounds, in coordinate order
   */
  public Hello {
    hyperparameters = List.copyOf(hyperparameters);
  }
}
