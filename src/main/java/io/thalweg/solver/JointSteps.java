package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

/**
 * Step sizes of methods that move y and v by one and x by another, both falling alike: rho_k = rho
 * (k + 1)^-decay and gamma_k = gamma (k + 1)^-decay.
 *
 * @param lower rho_k by step
 * @param upper gamma_k by step
 */
record JointSteps(Schedule lower, Schedule upper) {
  private static final Range DECAY = Range.closed(0, 1);

  /** Reads rho, gamma and decay. */
  static JointSteps of(Settings solver, double rho, double gamma, double decay) {
    double power = solver.number("decay", decay, DECAY);
    return new JointSteps(
        Schedule.falling(solver.number("rho", rho, Range.POSITIVE), power),
        Schedule.falling(solver.number("gamma", gamma, Range.POSITIVE), power));
  }

  static Parameter rho(double otherwise) {
    return Parameter.number(
        "rho",
        Range.POSITIVE,
        otherwise,
        "step size of y and v; below 2 / (largest eigenvalue of H on a batch)");
  }

  static Parameter gamma(double otherwise) {
    return Parameter.number("gamma", Range.POSITIVE, otherwise, "step size of x");
  }

  static Parameter decay(double otherwise) {
    return Parameter.number(
        "decay",
        DECAY,
        otherwise,
        "steps fall as (k + 1)^-decay; 0 keeps them constant, to follow what drifts");
  }
}
