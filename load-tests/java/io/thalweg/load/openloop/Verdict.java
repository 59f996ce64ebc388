package io.thalweg.load.openloop;

import io.thalweg.load.report.Numbers;
import io.thalweg.load.report.Target;
import io.thalweg.load.workload.Figure;
import io.thalweg.load.workload.Setting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was asked, what came of it, and one line that says so. */
final class Verdict {
  private Verdict() {}

  /** How quick it has to be is asked of one broker; what must not happen, of any number. */
  static List<Target> targets(Setting setting, int brokers, Map<Figure, Double> figures) {
    List<Target> out = new ArrayList<>();
    setting.asked().entrySet().stream()
        .filter(asked -> brokers == 1 || asked.getValue() == 0)
        .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
        .forEach(
            asked -> {
              Figure what = asked.getKey();
              double figure = figures.getOrDefault(what, Double.NaN);
              out.add(
                  new Target(what.title(), what.unit(), what.least(), asked.getValue(), figure));
            });
    return out;
  }

  static String line(String name, List<Target> targets) {
    boolean met = targets.stream().allMatch(Target::met);
    return (met ? "MET     " : "MISSED  ")
        + name
        + ": "
        + targets.stream().map(Verdict::words).collect(Collectors.joining("; "));
  }

  private static String words(Target target) {
    return String.format(
        "%s %s %s (asked %s %s)%s",
        target.what(),
        Numbers.of(target.figure()),
        target.unit(),
        target.least() ? "at least" : "at most",
        Numbers.of(target.asked()),
        target.met() ? "" : " MISSED");
  }
}
