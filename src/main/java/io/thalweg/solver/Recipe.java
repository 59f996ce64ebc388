package io.thalweg.solver;

/**
 * What makes one method different from another: how its state starts and how it moves. A recipe
 * holds hyperparameters and scratch, never progress; it reads {@code now} and writes every slot of
 * {@code next}. Finite checks, buffers and persistence are the business of {@link SteppingSolver}.
 */
interface Recipe {
  /**
   * How many batches the step after {@code now} takes.
   *
   * @return batches per level
   */
  default Consumption next(State now) {
    return Consumption.ONE_OF_EACH;
  }

  /**
   * Step 1: {@code next.x} and {@code next.y} hold the initial point; fills the other slots and
   * notes the losses of the batches.
   */
  void first(State next, StepInput input, StepFigures figures);

  /** Step t + 1 from {@code now}, the state after step t &gt;= 1; notes the losses as well. */
  void step(State now, State next, StepInput input, StepFigures figures);

  /** A state is about to come from outside: nothing remembered of an earlier one holds. */
  default void restored() {}

  /** Reports norms and the like of a state; counters are reported anyway. */
  void report(State now, Solver.Report sink);
}
