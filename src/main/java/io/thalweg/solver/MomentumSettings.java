package io.thalweg.solver;

import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * What the family of arXiv 2303.03944 shares, whichever form its steps take.
 *
 * @param eta step size of everything
 * @param gamma step size of x
 * @param lambda step size of y
 * @param c weights of the fresh directions, by letter of the hypergradient
 */
record MomentumSettings(Schedule eta, double gamma, double lambda, double[] c) {
  static final double DEFAULT_STEP = 0.1;

  static MomentumSettings of(MethodContext context, Schedule defaultEta, List<String> letters) {
    Settings settings = context.settings();
    Schedule eta = Schedule.of(settings, "eta", defaultEta);
    if (!context.constraint().convex()) {
      throw new SettingException(
          "upper.constraint",
          "must be a convex set for "
              + settings.text("method")
              + ", which goes part of the way to a projection: a sphere is none");
    }
    if (context.constraint().bounded() && eta.at(1) > 1) {
      throw new SettingException(
          settings.pathOf("eta"),
          "must be at most 1 from step 1 on, else x leaves its constraint, but eta_1 was "
              + eta.at(1));
    }
    return new MomentumSettings(
        eta,
        settings.number("gamma", DEFAULT_STEP, Range.POSITIVE),
        lambda(settings),
        weights(settings, letters));
  }

  static double lambda(Settings settings) {
    return settings.number("lambda", DEFAULT_STEP, Range.POSITIVE);
  }

  /** Reads {@code c}: one number, or a number per letter, 1 where absent. */
  private static double[] weights(Settings settings, List<String> letters) {
    double[] c = new double[letters.size()];
    Arrays.fill(c, 1);
    if (!settings.isTree("c")) {
      Arrays.fill(c, settings.number("c", 1, Range.NON_NEGATIVE));
      return c;
    }
    Settings tree = settings.child("c");
    Keys.allow(tree, letters);
    for (int i = 0; i < c.length; i++) {
      c[i] = tree.number(letters.get(i), 1, Range.NON_NEGATIVE);
    }
    return c;
  }
}
