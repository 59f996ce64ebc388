package io.thalweg.solver;

import io.thalweg.estimator.Estimator;
import io.thalweg.estimator.Momentum;
import io.thalweg.estimator.Plain;
import io.thalweg.estimator.Storm;

/**
 * How the directions of a method are averaged over steps, and how fast the weight of the fresh one
 * falls.
 *
 * @param estimator the recursion
 * @param power the weight is min(1, c eta^power)
 */
record Averaging(Estimator estimator, int power) {
  /** No memory. */
  static final Averaging PLAIN = new Averaging(new Plain(), 0);

  /** a = c eta. */
  static final Averaging MOMENTUM = new Averaging(new Momentum(), 1);

  /** a = c eta^2. */
  static final Averaging STORM = new Averaging(new Storm(), 2);

  /** eta^power: what c is multiplied with. */
  double scale(double eta) {
    double scale = 1;
    for (int i = 0; i < power; i++) {
      scale *= eta;
    }
    return scale;
  }
}
