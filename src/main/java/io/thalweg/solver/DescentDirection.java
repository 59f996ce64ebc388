package io.thalweg.solver;

import io.thalweg.sample.Batch;

/** How a method of {@link PerturbedDescent} comes to its hypergradient. */
interface DescentDirection {
  /** Slots of the variables it improves from step to step, y among them. */
  int[] variables();

  /**
   * Improves the variables in {@code next} at the x there and forms the hypergradient.
   *
   * @param h receives it, length p
   * @param figures receives the losses of the batches
   * @return f at x and the improved y
   */
  double evaluate(State next, Batch zeta, Batch xi, double[] h, StepFigures figures);

  /** Norm of the lower gradient at the last descent of y. */
  double residual(State now);
}
