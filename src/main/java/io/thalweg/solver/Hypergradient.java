package io.thalweg.solver;

import io.thalweg.sample.Batch;
import java.util.List;

/**
 * A way from the two oracles to the hypergradient estimate w: which directions are averaged over
 * steps, what they are projected on, and how w comes out of them. One of them is always v, the
 * lower gradient; w is either averaged itself or formed from the averages.
 */
interface Hypergradient {
  /** Letters of the averaged directions, in the order of their slots and weights. */
  List<String> letters();

  /** Slots of the averaged directions. */
  int[] slots();

  /** Slot of w. */
  int w();

  /** Slot of v. */
  int v();

  /** Variables of its own at step 1. */
  default void start(State next) {}

  /** Moves variables of its own by the directions of {@code now}. */
  default void move(State now, State next, double eta) {}

  /**
   * The directions at one point on one pair of batches.
   *
   * @param at holds x, y and variables of its own
   * @param zeta lower batch
   * @param xi upper batch
   * @param out receives one direction per letter
   * @param counters receives active clamps, as in the layout
   * @param figures receives the losses of the batches at this point
   */
  void evaluate(
      State at, Batch zeta, Batch xi, double[][] out, long[] counters, StepFigures figures);

  /** A state is about to come from outside: nothing remembered of an earlier one holds. */
  default void restored() {}

  /**
   * Projects the fresh averages in {@code next} and forms w there.
   *
   * @param now the state the step started from; {@code next} itself in step 1
   */
  default void finish(State now, State next) {}
}
