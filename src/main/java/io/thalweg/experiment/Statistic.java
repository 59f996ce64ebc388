package io.thalweg.experiment;

/** A figure of an experiment's results that an {@link Expectation} puts bounds on. */
@FunctionalInterface
public interface Statistic {
  /**
   * Computes it.
   *
   * @param results holds every arm and mark that the expectation declares
   * @return the figure; infinite or NaN when runs failed or a level was not reached
   */
  double of(Results results);

  /**
   * Median over seeds of a measure at a mark. Failed runs count as infinitely bad.
   *
   * @param arm the arm
   * @param measure the measure
   * @param at steps or samples, as the horizon counts
   * @return the statistic
   */
  static Statistic medianAt(String arm, String measure, long at) {
    return results -> results.quantile(arm, measure, results.markAt(at), 0.5);
  }

  /**
   * Median of a measure at a mark over the runs that did not fail, as published curves often are;
   * to be shown beside the {@link #failures}.
   *
   * @param arm the arm
   * @param measure the measure
   * @param at steps or samples, as the horizon counts
   * @return the statistic; NaN when every run failed
   */
  static Statistic medianOfFinished(String arm, String measure, long at) {
    return results -> {
      int place = results.measure(measure);
      int mark = results.markAt(at);
      double[] finished =
          results.runs(arm).stream()
              .filter(run -> !run.failed())
              .mapToDouble(run -> run.value(place, mark))
              .toArray();
      return finished.length == 0 ? Double.NaN : Results.quantile(finished, 0.5);
    };
  }

  /**
   * Worst over seeds of a measure at a mark. Failed runs count as infinitely bad.
   *
   * @param arm the arm
   * @param measure the measure
   * @param at steps or samples, as the horizon counts
   * @return the statistic
   */
  static Statistic worstAt(String arm, String measure, long at) {
    return results -> results.quantile(arm, measure, results.markAt(at), 1);
  }

  /**
   * Median over seeds of the steps or samples, as the horizon counts, until a measure first falls
   * to a level.
   *
   * @param arm the arm
   * @param measure the measure
   * @param level the level
   * @return the statistic
   */
  static Statistic medianTo(String arm, String measure, double level) {
    return results -> Results.quantile(results.reached(arm, measure, level), 0.5);
  }

  /**
   * Runs of an arm that failed.
   *
   * @param arm the arm
   * @return the statistic
   */
  static Statistic failures(String arm) {
    return results -> results.runs(arm).stream().filter(Run::failed).count();
  }
}
