package io.thalweg.solver;

import io.thalweg.estimator.Estimator;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

/**
 * Scale of the steps and weight of the fresh directions of methods with STORM estimates in all
 * directions: for move k = 0, 1, ...
 *
 * <pre>
 * s_k = (m / (m + k))^decay      a_0 = 1      a_k = min(1, c s_{k-1}^2 / m^(2/3))
 * </pre>
 *
 * decay is 1/3 in the papers; with 0 steps and weight stay as they are, to follow what drifts.
 */
final class StormSteps {
  static final double M = 8;
  static final double C = 4;

  private static final double THIRD = 1.0 / 3;
  private static final Range DECAY = Range.closed(0, 1);

  private final double m;
  private final double c;
  private final double decay;

  private StormSteps(double m, double c, double decay) {
    this.m = m;
    this.c = c;
    this.decay = decay;
  }

  /** Reads m and c under the names a method gives them, and decay. */
  static StormSteps of(Settings solver, String mKey, String cKey) {
    return new StormSteps(
        solver.number(mKey, M, Range.POSITIVE),
        solver.number(cKey, C, Range.POSITIVE),
        solver.number("decay", THIRD, DECAY));
  }

  static Parameter m(String key) {
    return Parameter.number(
        key, Range.POSITIVE, M, "steps fall as s_k = (" + key + " / (" + key + " + k))^decay");
  }

  static Parameter c(String key, String m) {
    return Parameter.number(
        key,
        Range.POSITIVE,
        C,
        "weight of fresh directions: min(1, " + key + " s^2 / " + m + "^(2/3))");
  }

  static Parameter decay() {
    return Parameter.number(
        "decay", DECAY, THIRD, "power of the falling steps; 0 keeps them, to follow what drifts");
  }

  /** s_k. */
  double scale(long k) {
    double share = m / (m + k);
    return decay == THIRD ? StrictMath.cbrt(share) : StrictMath.exp(decay * StrictMath.log(share));
  }

  /** a_k. */
  double weight(long k) {
    if (k == 0) {
      return 1;
    }
    double s = scale(k - 1);
    double root = StrictMath.cbrt(m);
    return Estimator.weight(c, s * s / (root * root));
  }
}
