package io.thalweg.experiment;

import java.util.Map;

/** What all runs of an experiment share, ready to start any of them. Used by several threads. */
public interface Trials {
  /**
   * Starts a run.
   *
   * @param arm the method and its settings
   * @param seed of everything that is drawn for this run
   * @return the run at its initial point
   */
  Trial start(Arm arm, long seed);

  /**
   * What the data of an arm are; runs on other data are not taken up.
   *
   * @param arm the arm
   * @return any text, empty where all data are part of the program
   */
  default String identity(Arm arm) {
    return "";
  }

  /**
   * What a reader of the report wants to know about the instance, such as its optimum.
   *
   * @return name to value, in the order to be shown
   */
  default Map<String, String> facts() {
    return Map.of();
  }
}
