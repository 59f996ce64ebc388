package io.thalweg.solver;

/**
 * A recipe whose step moves first and evaluates where it arrives, so that the estimates in a state
 * belong to its own x. STORM estimates are corrected at that x on the batch of the next step;
 * whoever shifts x between two steps must therefore hand the shifted x in beside the state.
 */
interface ArrivalRecipe extends Recipe {
  @Override
  default boolean arrives() {
    return true;
  }

  /** {@inheritDoc} What is compared with the estimates of {@code now} is evaluated at its own x. */
  @Override
  void step(State now, double[] from, State next, StepInput input, StepFigures figures);

  @Override
  default void step(State now, State next, StepInput input, StepFigures figures) {
    step(now, now.x, next, input, figures);
  }
}
