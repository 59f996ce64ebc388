package io.thalweg.solver;

import io.thalweg.sample.Level;

/**
 * Part of a method that leaves rows out which are far longer than most, for whoever changes rows on
 * their way to it, so that the method could no longer tell.
 */
public interface RowJudge {
  /**
   * Takes the length of a row in, before it was changed.
   *
   * @param squares its square, in whatever unit; not negative
   * @return false where the row stands far apart from those before
   */
  boolean passes(double squares);

  /**
   * Says which rows of the next step are left out. The step then judges no length itself.
   *
   * @param level whose batch it is; of a batch that serves both levels the lower one
   * @param out true for a row that is left out; read during the step
   */
  void leaveOut(Level level, boolean[] out);
}
