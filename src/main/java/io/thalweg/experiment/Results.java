package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All runs of one start of an experiment. */
public final class Results {
  private final Experiment experiment;
  private final List<Arm> arms;
  private final Horizon horizon;
  private final long[] marks;
  private final Map<String, String> facts;
  private final Map<String, List<Run>> runs = new LinkedHashMap<>();

  /**
   * Collects runs.
   *
   * @param experiment what ran
   * @param arms the arms that ran
   * @param horizon how far
   * @param facts what is known about the instance
   * @param runs every run, failed ones included, in any order
   */
  public Results(
      Experiment experiment,
      List<Arm> arms,
      Horizon horizon,
      Map<String, String> facts,
      List<Run> runs) {
    this.experiment = experiment;
    this.arms = List.copyOf(arms);
    this.horizon = horizon;
    this.marks = horizon.marks();
    this.facts = new LinkedHashMap<>(facts);
    for (Arm arm : arms) {
      this.runs.put(
          arm.name(),
          runs.stream()
              .filter(run -> run.arm().equals(arm.name()))
              .sorted((a, b) -> Long.compare(a.seed(), b.seed()))
              .toList());
    }
  }

  /**
   * What ran.
   *
   * @return the experiment
   */
  public Experiment experiment() {
    return experiment;
  }

  /**
   * The arms that ran.
   *
   * @return in the order they are shown
   */
  public List<Arm> arms() {
    return arms;
  }

  /**
   * How far.
   *
   * @return the horizon
   */
  public Horizon horizon() {
    return horizon;
  }

  /**
   * What is known about the instance.
   *
   * @return name to value
   */
  public Map<String, String> facts() {
    return facts;
  }

  /**
   * Whether an arm ran.
   *
   * @param arm its name
   * @return false when it was left out
   */
  public boolean has(String arm) {
    return runs.containsKey(arm);
  }

  /**
   * The runs of an arm.
   *
   * @param arm its name
   * @return by rising seed, failed ones included
   */
  public List<Run> runs(String arm) {
    List<Run> out = runs.get(arm);
    if (out == null) {
      throw new IllegalArgumentException("there was no arm " + arm);
    }
    return out;
  }

  /**
   * Place of a measure.
   *
   * @param measure its name
   * @return index into {@link Point#values()}
   */
  public int measure(String measure) {
    List<Measure> all = experiment.measures();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).name().equals(measure)) {
        return i;
      }
    }
    throw new IllegalArgumentException("there is no measure " + measure);
  }

  /**
   * The last mark at or before a point.
   *
   * @param at steps or samples, as the horizon counts
   * @return its number
   */
  public int markAt(long at) {
    int mark = 0;
    while (mark < marks.length && marks[mark] <= at) {
      mark++;
    }
    return mark;
  }

  /**
   * Number of the last mark.
   *
   * @return at least 1
   */
  public int lastMark() {
    return marks.length;
  }

  /**
   * A quantile over seeds of a measure at a mark, failed runs counting as infinitely bad.
   *
   * @param arm the arm
   * @param measure the measure
   * @param mark the mark
   * @param share 0 for the best, 0.5 for the median, 1 for the worst
   * @return the quantile
   */
  public double quantile(String arm, String measure, int mark, double share) {
    int place = measure(measure);
    return quantile(runs(arm).stream().mapToDouble(r -> r.value(place, mark)).toArray(), share);
  }

  /**
   * Steps or samples, as the horizon counts, until a measure first falls to a level.
   *
   * @param arm the arm
   * @param measure the measure
   * @param level the level
   * @return one per seed, infinite when it never does
   */
  public double[] reached(String arm, String measure, double level) {
    int place = measure(measure);
    return runs(arm).stream()
        .mapToDouble(run -> run.reached(place, level, horizon.unit()))
        .toArray();
  }

  /**
   * The curve of an arm: medians at its marks with the band that holds the middle 60 % of the runs.
   *
   * @param arm the arm
   * @param measure the measure
   * @return one entry per mark at which some run was looked at
   */
  public List<CurvePoint> curve(String arm, String measure) {
    List<CurvePoint> out = new ArrayList<>();
    for (int mark = 0; mark <= marks.length; mark++) {
      List<Point> looks = new ArrayList<>();
      for (Run run : runs(arm)) {
        for (Point point : run.points()) {
          if (point.mark() == mark) {
            looks.add(point);
          }
        }
      }
      if (!looks.isEmpty()) {
        out.add(
            new CurvePoint(
                median(looks.stream().mapToDouble(Point::samples).toArray()),
                median(looks.stream().mapToDouble(Point::evaluations).toArray()),
                median(looks.stream().mapToDouble(Point::seconds).toArray()),
                quantile(arm, measure, mark, 0.2),
                quantile(arm, measure, mark, 0.5),
                quantile(arm, measure, mark, 0.8)));
      }
    }
    return out;
  }

  /**
   * One point of a curve.
   *
   * @param samples median of the samples drawn
   * @param evaluations median of the oracle calls
   * @param seconds median of the CPU time
   * @param low 20 % quantile of the measure
   * @param median its median
   * @param high 80 % quantile
   */
  public record CurvePoint(
      double samples, double evaluations, double seconds, double low, double median, double high) {}

  private static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /**
   * A quantile, linear between neighbours; a neighbour that is infinite wins.
   *
   * @param values not modified
   * @param share 0 to 1
   * @return the quantile
   */
  public static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    double rest = place - below;
    if (rest < 1e-9) {
      return sorted[below];
    }
    double above = sorted[below + 1];
    return Double.isInfinite(above) ? above : sorted[below] + rest * (above - sorted[below]);
  }
}
