package io.thalweg.solver;

/**
 * A recipe whose step moves first and evaluates where it arrives, so that the estimates in a state
 * belong to its own x. STORM estimates are corrected at that x on the batch of the next step;
 * whoever shifts x between two steps must therefore hand the shifted x in beside the state.
 */
interface ArrivalRecipe extends Recipe {
  /**
   * A step that leaves from another x.
   *
   * @param now the state after the step before; what is compared with its estimates is evaluated at
   *     its x
   * @param from where x starts to move, length p
   */
  void step(State now, double[] from, State next, StepInput input, StepFigures figures);

  @Override
  default void step(State now, State next, StepInput input, StepFigures figures) {
    step(now, now.x, next, input, figures);
  }
}
