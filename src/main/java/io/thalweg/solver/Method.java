package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Level;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One entry of the catalogue. */
interface Method {
  /** What a user reads about it. */
  MethodInfo info();

  /**
   * What it asks of an oracle with these settings; what the problem lacks of it is made from
   * gradients where that is possible.
   */
  default Set<Capability> needs(Settings solver) {
    return info().needs().values().iterator().next();
  }

  /**
   * Why the key {@code escape} has no meaning here, as the end of a sentence; empty where it may
   * wrap the method.
   */
  default String ownEscape() {
    return "";
  }

  /**
   * Why the key {@code upper-step} has no meaning here, as the end of a sentence; empty where steps
   * of x are of the form x - a d and may be divided.
   */
  default String ownUpperStep() {
    return "";
  }

  /**
   * The levels whose samples it takes in: both, or the upper one alone for a method that moves x
   * and knows no lower variable.
   */
  default Set<Level> reads() {
    return EnumSet.allOf(Level.class);
  }

  /** Length of its upper variable: what the problem declares, and what it adds of its own. */
  default int upperDim(Settings solver, BilevelOracle oracle) {
    return oracle.upperDim();
  }

  /** The ranges of the upper coordinates it adds of its own, in the user's units, in order. */
  default List<Range> ownUpperRanges(Settings solver, BilevelOracle oracle) {
    return List.of();
  }

  /** Whether its settings say where the upper variable begins, and no initial x is asked for. */
  default boolean startsItself() {
    return false;
  }

  /** Whether it can wait for labels that come apart from their records. */
  default boolean joinsLabels() {
    return false;
  }

  /** Bytes of the records that wait for their label, at most. */
  default long waitingBytes(Settings solver, BilevelOracle oracle) {
    return 0;
  }

  /** Models beside the published one that a solver of it hands out. */
  default int members(Settings solver) {
    return 0;
  }

  /** Whether it sees to bad records itself, so that {@code robust} puts nothing in front of it. */
  default boolean ownRobust() {
    return false;
  }

  /** Whether a command changes the solver at work, which otherwise is made anew from its state. */
  default boolean steersInPlace() {
    return false;
  }

  /** Whether it is for minimax problems alone, where g is -f. */
  default boolean minimaxOnly() {
    return false;
  }

  /** Most batches of the job that a step joins into one, which an aggregator then weighs as one. */
  default int joins(Settings solver) {
    return 1;
  }

  /** Reads its settings, checks what the oracle offers, declares its state. */
  Recipe recipe(MethodContext context);

  /**
   * The method at its initial point; overridden where a problem allows another form of the step.
   */
  default Solver solver(MethodContext context, double[] x1, double[] y1) {
    return new SteppingSolver(context, Escape.of(recipe(context), context), x1, y1);
  }
}
