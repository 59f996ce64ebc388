package io.thalweg.settings;

/**
 * An interval of numbers, open or closed at either end.
 *
 * @param min lower end, may be negative infinity
 * @param minOpen true when {@code min} itself is outside
 * @param max upper end, may be positive infinity
 * @param maxOpen true when {@code max} itself is outside
 */
public record Range(double min, boolean minOpen, double max, boolean maxOpen) {
  /** An end no decimal number writes. */
  private static final double THIRD = 1.0 / 3;

  /** All finite numbers. */
  public static final Range ANY =
      new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);

  /** Numbers above 0. */
  public static final Range POSITIVE = new Range(0, true, Double.POSITIVE_INFINITY, true);

  /** Numbers from 0 on. */
  public static final Range NON_NEGATIVE = new Range(0, false, Double.POSITIVE_INFINITY, true);

  /** Above 0 and at most 1. */
  public static final Range UNIT = new Range(0, true, 1, false);

  /**
   * A closed interval.
   *
   * @param min lower end, inside
   * @param max upper end, inside
   * @return [min, max]
   */
  public static Range closed(double min, double max) {
    return new Range(min, false, max, false);
  }

  /**
   * Whether a value lies inside; NaN never does.
   *
   * @param value any double
   * @return true when inside
   */
  public boolean contains(double value) {
    return (minOpen ? value > min : value >= min) && (maxOpen ? value < max : value <= max);
  }

  @Override
  public String toString() {
    return (minOpen ? "(" : "[") + text(min) + ", " + text(max) + (maxOpen ? ")" : "]");
  }

  private static String text(double end) {
    if (Double.isInfinite(end)) {
      return end > 0 ? "inf" : "-inf";
    }
    if (end == Math.rint(end) && Math.abs(end) < 1e9) {
      return Long.toString((long) end);
    }
    return end == THIRD ? "1/3" : Double.toString(end);
  }
}
