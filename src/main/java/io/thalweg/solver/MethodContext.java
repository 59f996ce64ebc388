package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Predictor;
import io.thalweg.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What a method is built from.
 *
 * @param settings the {@code solver} settings
 * @param oracle the problem, completed by what it does not offer itself
 * @param predictor scores samples before they are learned from, null where nothing is predicted
 * @param constraint set of the upper variable
 * @param seed start of the generator, for methods that draw
 * @param layout where the method declares its state
 * @param figures what a step sees of its batches
 */
record MethodContext(
    Settings settings,
    BilevelOracle oracle,
    @Nullable Predictor predictor,
    Constraint constraint,
    long seed,
    StateLayout layout,
    StepFigures figures) {
  /** With figures of its own. */
  MethodContext(
      Settings settings,
      BilevelOracle oracle,
      @Nullable Predictor predictor,
      Constraint constraint,
      long seed,
      StateLayout layout) {
    this(settings, oracle, predictor, constraint, seed, layout, new StepFigures());
  }
}
