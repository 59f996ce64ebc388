package io.thalweg.experiment;

import io.thalweg.solver.Verdict;

/** One arm at work on one seed. Used by one thread. */
public interface Trial {
  /** Draws what the next step takes in. Not part of the measured time. */
  void draw();

  /**
   * Takes one step.
   *
   * @return advanced, or refused with the reason
   */
  Verdict step();

  /**
   * Samples drawn for the steps taken, both levels together.
   *
   * @return how many
   */
  long samples();

  /**
   * Oracle calls of the steps taken, counted per sample.
   *
   * @return how many
   */
  long evaluations();

  /**
   * Measures the current state. Not part of the measured time.
   *
   * @param out receives one value per measure of the experiment
   */
  void measure(double[] out);
}
