package io.thalweg.experiment;

import java.util.Arrays;
import java.util.List;

/**
 * The lowest value of h that was found in the box [-20, 8]. h is not convex, since a feature may be
 * kept or silenced: from each of several starts of equal penalties, one coordinate after the other
 * is put to either choice for as long as that helps; the best of what they end in.
 */
final class PenaltyOptimum {
  private static final double LOW = -20;
  private static final double HIGH = 8;
  private static final double[] STARTS = {-4, -2, 0};
  private static final double[] CHOICES = {LOW, -6, -3, HIGH};
  private static final int MOST_SWEEPS = 5;
  private static final double NEGLIGIBLE = 1e-7;

  private PenaltyOptimum() {}

  /** All that a result follows from, beside the rows. */
  static String identity() {
    return Arrays.toString(STARTS) + " " + Arrays.toString(CHOICES);
  }

  /** Where a coordinate is held by the box. */
  static boolean held(double x) {
    return x <= LOW || x >= HIGH;
  }

  /**
   * Searches, from several starts at a time; takes a minute or two.
   *
   * @return h* and then x*
   */
  static double[] of(int q, double[] train, double[] validation) {
    List<BoxMinimizer.Minimum> found =
        Arrays.stream(STARTS).boxed().toList().parallelStream()
            .map(start -> from(start, q, new RidgeTruth(q, train, validation)))
            .toList();
    BoxMinimizer.Minimum best = found.get(0);
    for (BoxMinimizer.Minimum other : found) {
      best = other.value() < best.value() ? other : best;
    }
    double[] out = new double[q + 1];
    out[0] = best.value();
    System.arraycopy(best.x(), 0, out, 1, q);
    return out;
  }

  private static BoxMinimizer.Minimum from(double penalty, int q, RidgeTruth truth) {
    BoxMinimizer minimizer = new BoxMinimizer(LOW, HIGH, 300, 1e-8);
    double[] start = new double[q];
    Arrays.fill(start, penalty);
    BoxMinimizer.Minimum best = minimizer.from(start, truth::value);
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      BoxMinimizer.Minimum switched = minimizer.from(switches(truth, best), truth::value);
      if (!(switched.value() < best.value() - NEGLIGIBLE)) {
        break;
      }
      best = switched;
    }
    return best;
  }

  private static double[] switches(RidgeTruth truth, BoxMinimizer.Minimum from) {
    double[] x = from.x().clone();
    double least = from.value();
    for (int j = 0; j < x.length; j++) {
      for (double choice : CHOICES) {
        double before = x[j];
        x[j] = choice;
        double value = truth.value(x);
        if (value < least - NEGLIGIBLE) {
          least = value;
        } else {
          x[j] = before;
        }
      }
    }
    return x;
  }
}
