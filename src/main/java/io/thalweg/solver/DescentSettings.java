package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * The inner loop of methods that improve y before they look at x.
 *
 * @param tau step size of y
 * @param steps D, how many steps there are
 */
record DescentSettings(double tau, int steps) {
  static final double DEFAULT_TAU = 0.1;
  static final int DEFAULT_STEPS = 5;

  static DescentSettings of(Settings solver) {
    return new DescentSettings(
        solver.number("tau", DEFAULT_TAU, Range.POSITIVE),
        Keys.count(solver, "inner-steps", DEFAULT_STEPS));
  }

  /** The keys of the loop. */
  static List<Parameter> parameters() {
    return List.of(
        Parameter.number("tau", Range.POSITIVE, DEFAULT_TAU, "step size of y, at most 1 / Lg"),
        Parameter.integer(
            "inner-steps", Keys.COUNT, DEFAULT_STEPS, "D: steps of y before x moves"));
  }
}
