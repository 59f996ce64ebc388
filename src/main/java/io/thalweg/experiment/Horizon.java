package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.List;

/**
 * How far runs go and where they are looked at: at the start, then at logarithmically spaced marks.
 *
 * @param unit what is counted
 * @param end last mark
 * @param first first mark after the start; up to it every step (unit steps) is one
 * @param ratio of two marks after that, above 1
 * @param seeds runs per arm
 * @param stopBelow a run whose first measure falls to this ends early, its last value standing for
 *     all later marks; 0 for never
 */
public record Horizon(Unit unit, long end, long first, double ratio, int seeds, double stopBelow) {
  /** What marks count. */
  public enum Unit {
    /** Calls of the method. */
    STEPS("steps"),
    /** Samples drawn, both levels together. */
    SAMPLES("samples");

    private final String words;

    Unit(String words) {
      this.words = words;
    }

    /**
     * The unit as a reader says it.
     *
     * @return {@code steps} or {@code samples}
     */
    public String words() {
      return words;
    }
  }

  /**
   * Checked.
   *
   * @param unit what is counted
   * @param end last mark
   * @param first first mark after the start; up to it every step (unit steps) is one
   * @param ratio of two marks after that, above 1
   * @param seeds runs per arm
   * @param stopBelow a run whose first measure falls to this ends early, its last value standing
   *     for all later marks; 0 for never
   */
  public Horizon {
    if (end < 1 || first < 1 || !(ratio > 1) || seeds < 1) {
      throw new IllegalArgumentException(
          "expected end, first and seeds of at least 1 and a ratio above 1, but had "
              + end
              + ", "
              + first
              + ", "
              + seeds
              + " and "
              + ratio);
    }
  }

  /**
   * The same with another number of runs per arm.
   *
   * @param others at least 1
   * @return the horizon
   */
  public Horizon withSeeds(int others) {
    return new Horizon(unit, end, first, ratio, others, stopBelow);
  }

  /**
   * The marks, rising; the start, mark 0, is not among them.
   *
   * @return from the first to the last, which is {@code end}
   */
  public long[] marks() {
    List<Long> out = new ArrayList<>();
    long mark = unit == Unit.STEPS ? 1 : first;
    while (mark < end) {
      out.add(mark);
      long next = mark < first ? mark + 1 : (long) Math.ceil(mark * ratio);
      mark = Math.max(mark + 1, next);
    }
    out.add(end);
    return out.stream().mapToLong(Long::longValue).toArray();
  }
}
