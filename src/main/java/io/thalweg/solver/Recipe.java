package io.thalweg.solver;

/**
 * What makes one method different from another: how its state starts and how it moves. A recipe
 * holds hyperparameters and scratch, never progress; it reads {@code now} and writes every slot of
 * {@code next}. Finite checks, buffers and persistence are the business of {@link SteppingSolver}.
 */
interface Recipe {
  /**
   * How many batches the step after {@code now} takes; drawn numbers it depends on come from the
   * state.
   *
   * @return batches per level
   */
  default Consumption next(State now) {
    return Consumption.ONE_OF_EACH;
  }

  /**
   * Before step 1: {@code initial.x} and {@code initial.y} hold the initial point; fills the other
   * slots and counters, which are 0.
   */
  default void begin(State initial) {}

  /**
   * Whether step 1 takes batches, to start estimators at the initial point. Step 1 is the initial
   * point for every method: without estimators there is nothing to do in it, and it takes none.
   */
  default boolean startsOnBatches() {
    return false;
  }

  /** Step 1 of a method that {@link #startsOnBatches}: it stays at the point of {@code now}. */
  default void first(State now, State next, StepInput input, StepFigures figures) {
    throw new IllegalStateException("step 1 takes no batches");
  }

  /**
   * Step t + 1 from {@code now}, the state after step t &gt;= 1: the first move is made by step 2.
   * Notes the losses of the batches as well. Counters of {@code next} hold those of {@code now}, t
   * excepted, and so do the slots that are carried along.
   */
  void step(State now, State next, StepInput input, StepFigures figures);

  /** Whether the step is that of an {@link ArrivalRecipe}. */
  default boolean arrives() {
    return false;
  }

  /**
   * The step of a recipe that {@link #arrives}, leaving from another x than that of {@code now}.
   *
   * @param from where x starts to move, length p
   */
  default void step(State now, double[] from, State next, StepInput input, StepFigures figures) {
    throw new IllegalStateException("the step evaluates where it starts");
  }

  /** The step stands: {@code now} is its state, and what belongs into tables may go there. */
  default void kept(State now) {}

  /** A state is about to come from outside: nothing remembered of an earlier one holds. */
  default void restored() {}

  /**
   * x of {@code now} was brought back into the constraint from outside of the method: what is no
   * estimate but a way that x has come must not take that for a step of its own.
   */
  default void moved(State now, Constraint constraint) {}

  /** Reports norms and the like of a state; counters are reported anyway. */
  void report(State now, Solver.Report sink);
}
