package io.thalweg.experiment;

import java.util.List;

/**
 * A published experiment: which methods run on which problem, what is recorded, and what a right
 * implementation reaches. It declares; {@link ExperimentRunner} runs it and {@link Report} judges
 * it. A new experiment is one class and one line in {@link Experiments}.
 */
public interface Experiment {
  /**
   * The name on the command line.
   *
   * @return lower case with dashes
   */
  String name();

  /**
   * What it shows.
   *
   * @return one sentence
   */
  String summary();

  /**
   * Where problem, settings and wanted figures come from.
   *
   * @return paper and section
   */
  String source();

  /**
   * How long it takes on two cores.
   *
   * @return for example {@code 20 s}
   */
  String duration();

  /**
   * The curves, in the order they are shown.
   *
   * @return arms with distinct names
   */
  List<Arm> arms();

  /**
   * The curves that can be run with the data at hand.
   *
   * @param shelf knows where the user's data lie
   * @return some or all of {@link #arms()}, in that order; all unless overridden
   */
  default List<Arm> arms(Shelf shelf) {
    return arms();
  }

  /**
   * Whether the plots show a curve.
   *
   * @param arm one of {@link #arms()}
   * @return true unless overridden
   */
  default boolean isDrawn(Arm arm) {
    return true;
  }

  /**
   * What is recorded; the first is the one that {@link Horizon#stopBelow()} looks at.
   *
   * @return at least one
   */
  List<Measure> measures();

  /**
   * How far runs go.
   *
   * @param quick true for a small version that shows the machinery, not the figures
   * @return end, marks, seeds
   */
  Horizon horizon(boolean quick);

  /**
   * The levels whose sample counts the report shows.
   *
   * @return may be empty
   */
  List<Target> targets();

  /**
   * What is wanted of the arms.
   *
   * @return each is judged met, missed or not run
   */
  List<Expectation> expectations();

  /**
   * Tables that say more than one line per arm does.
   *
   * @param results what ran, some arms or all
   * @return in the order they are shown; none unless overridden
   */
  default List<Section> sections(Results results) {
    return List.of();
  }

  /**
   * Prepares what the runs share.
   *
   * @param shelf keeps what is costly to compute
   * @return the runs to be started
   */
  Trials open(Shelf shelf);
}
