package io.thalweg.experiment;

import java.util.List;

/**
 * What a right implementation reaches: a figure within bounds.
 *
 * @param what the figure, for the report
 * @param quoted the published figure in words, with its source where that is not the experiment's
 * @param arms arms it needs
 * @param end steps or samples, as the horizon counts, that runs must be allowed for the figure to
 *     mean something
 * @param seeds runs per arm it needs
 * @param statistic the figure
 * @param least smallest value that meets it
 * @param most largest value that meets it
 */
public record Expectation(
    String what,
    String quoted,
    List<String> arms,
    long end,
    int seeds,
    Statistic statistic,
    double least,
    double most) {
  /** What came of it. */
  public enum Verdict {
    /** Within the bounds. */
    MET("met"),
    /** Outside the bounds, or not finite where it should be. */
    MISSED("missed"),
    /** Its arms, seeds or length were not part of this run. */
    NOT_RUN("not run");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /**
     * The verdict as a reader says it.
     *
     * @return {@code met}, {@code missed} or {@code not run}
     */
    public String words() {
      return words;
    }
  }

  /**
   * A judged expectation.
   *
   * @param expectation what was wanted
   * @param seen the figure, NaN when not run
   * @param verdict what came of it
   */
  public record Judged(Expectation expectation, double seen, Verdict verdict) {}

  /**
   * Judges results.
   *
   * @param results what ran
   * @return the figure and the verdict
   */
  public Judged judge(Results results) {
    boolean enough =
        arms.stream().allMatch(results::has)
            && results.horizon().end() >= end
            && results.horizon().seeds() >= seeds;
    if (!enough) {
      return new Judged(this, Double.NaN, Verdict.NOT_RUN);
    }
    double seen = statistic.of(results);
    boolean within = least <= seen && seen <= most;
    return new Judged(this, seen, within ? Verdict.MET : Verdict.MISSED);
  }

  /**
   * The bounds in words.
   *
   * @return for example {@code 3.3 to 4.3} or {@code at most 1e-4}
   */
  public String wanted() {
    if (least == most) {
      return Numbers.plain(least);
    }
    if (least == Double.NEGATIVE_INFINITY) {
      return "at most " + Numbers.plain(most);
    }
    if (most == Double.POSITIVE_INFINITY) {
      return "at least " + Numbers.plain(least);
    }
    return Numbers.plain(least) + " to " + Numbers.plain(most);
  }
}
