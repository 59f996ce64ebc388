package io.thalweg.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an experiment works from: keeps what is costly to compute, such as an optimum, from one
 * start to the next, and knows where the user's data lie.
 */
public interface Shelf {
  /** Keeps nothing. */
  Shelf NONE = (name, key, compute) -> compute.get();

  /**
   * Numbers from the shelf, or computed and then put there.
   *
   * @param name what they are, lower case with dashes
   * @param key what they follow from; numbers kept under another key are computed anew
   * @param compute how to get them when they are not there
   * @return the numbers
   */
  double[] numbers(String name, String key, Supplier<double[]> compute);

  /**
   * Where data lie that are not part of the program.
   *
   * @return the folder the user named, empty when none
   */
  default Optional<Path> data() {
    return Optional.empty();
  }
}
