package io.thalweg.experiment;

import java.util.List;

/**
 * One arm on one seed.
 *
 * @param arm name of the arm
 * @param seed its seed
 * @param points rising marks from the start on
 * @param outcome how it ended
 * @param reason why it failed, else empty
 */
public record Run(String arm, long seed, List<Point> points, Outcome outcome, String reason) {
  /** How a run ended. */
  public enum Outcome {
    /** It went all the way. */
    DONE,
    /** It reached {@link Horizon#stopBelow()} and stands there. */
    CONVERGED,
    /** A step was refused or thrown out of, or a measure was not finite. */
    FAILED
  }

  /**
   * Copied.
   *
   * @param arm name of the arm
   * @param seed its seed
   * @param points rising marks from the start on
   * @param outcome how it ended
   * @param reason why it failed, else empty
   */
  public Run {
    points = List.copyOf(points);
  }

  /**
   * Whether it failed.
   *
   * @return true for {@link Outcome#FAILED}
   */
  public boolean failed() {
    return outcome == Outcome.FAILED;
  }

  /**
   * A measure at a mark. What lies beyond the end of a converged run is its last value; what lies
   * beyond a failure, or is not a number, counts as infinitely bad.
   *
   * @param measure place of the measure
   * @param mark number of the mark
   * @return the value at the last look up to the mark
   */
  public double value(int measure, int mark) {
    Point last = null;
    for (Point point : points) {
      if (point.mark() > mark) {
        break;
      }
      last = point;
    }
    boolean beyond = failed() && (last == null || mark > points.get(points.size() - 1).mark());
    if (last == null || beyond || Double.isNaN(last.values()[measure])) {
      return Double.POSITIVE_INFINITY;
    }
    return last.values()[measure];
  }

  /**
   * The first look at which a measure is at or below a level.
   *
   * @param measure place of the measure
   * @param level the level
   * @param unit what to count
   * @return steps or samples by then, infinite when it never was
   */
  public double reached(int measure, double level, Horizon.Unit unit) {
    for (Point point : points) {
      if (point.values()[measure] <= level) {
        return unit == Horizon.Unit.STEPS ? point.step() : point.samples();
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
