package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/** The keys of methods that invert H by a series: neumann-terms, eta and c-fy. */
final class SeriesSettings {
  static final int TERMS = 5;

  private static final Range OR_OFF = new Range(0, true, Double.POSITIVE_INFINITY, false);

  private SeriesSettings() {}

  static int terms(Settings solver, int least) {
    return terms(solver, least, TERMS);
  }

  static int terms(Settings solver, int least, int otherwise) {
    return Keys.atLeast(solver, "neumann-terms", otherwise, least);
  }

  static double eta(Settings solver, double otherwise) {
    return solver.number("eta", otherwise, Range.POSITIVE);
  }

  static double bound(Settings solver) {
    return solver.number("c-fy", Double.POSITIVE_INFINITY, OR_OFF);
  }

  static Parameter terms(int least, String meaning) {
    return terms(least, TERMS, meaning);
  }

  static Parameter terms(int least, int otherwise, String meaning) {
    return Parameter.integer(
        "neumann-terms",
        new Range(least, false, Double.POSITIVE_INFINITY, true),
        otherwise,
        meaning);
  }

  static Parameter eta(double otherwise) {
    return Parameter.number(
        "eta",
        Range.POSITIVE,
        otherwise,
        "step of the series for the inverse of H; at most 1 / (largest eigenvalue of H on a batch)");
  }

  static Parameter bound() {
    return new Parameter(
        "c-fy",
        Parameter.Kind.NUMBER,
        Range.POSITIVE,
        List.of(),
        null,
        false,
        "bound C on |fy|: v is kept within C Q eta; none when absent");
  }
}
