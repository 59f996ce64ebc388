package io.thalweg.app;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The courses of the hyperparameters since one began to watch. Many have only their first and their
 * latest value: memory does not grow with the snapshots.
 */
final class Courses {
  /** More hyperparameters than that have no history. */
  private static final int WITH_HISTORY = 200;

  private static final int LENGTH = 64;

  /**
   * One that moved.
   *
   * @param name its name
   * @param first its value when it was first seen
   * @param last its latest value
   * @param history up to 64 values, oldest first; empty where there are too many hyperparameters
   */
  record Course(String name, double first, double last, double[] history) {
    /** How far it went, as a share of the larger of both values: the units of names differ. */
    double moved() {
      double size = Math.max(Math.abs(first), Math.abs(last));
      return size > 0 ? Math.abs(last - first) / size : 0;
    }
  }

  private String[] names = {};
  private double[] first = {};
  private double[] last = {};
  private double[][] history = {};
  private int seen;

  /** Takes the values of the next snapshot in; other names than before begin anew. */
  void add(Map<String, Double> values) {
    int i = 0;
    boolean same = values.size() == names.length;
    for (Map.Entry<String, Double> each : values.entrySet()) {
      if (same && names[i].equals(each.getKey())) {
        last[i++] = each.getValue();
      } else {
        begin(values);
        break;
      }
    }
    if (names.length == 0) {
      return;
    }
    for (int n = 0; n < history.length; n++) {
      history[n][seen % LENGTH] = last[n];
    }
    seen++;
  }

  private void begin(Map<String, Double> values) {
    names = values.keySet().toArray(new String[0]);
    last = values.values().stream().mapToDouble(Double::doubleValue).toArray();
    first = last.clone();
    history = new double[names.length <= WITH_HISTORY ? names.length : 0][LENGTH];
    seen = 0;
  }

  /** Those that moved furthest, the furthest first; none that did not move. */
  List<Course> furthest(int count) {
    List<Course> best = new ArrayList<>();
    Comparator<Course> order = Comparator.comparingDouble(Course::moved).reversed();
    for (int i = 0; i < names.length; i++) {
      Course course = new Course(names[i], first[i], last[i], new double[0]);
      if (course.moved() > 0) {
        best.add(course);
        best.sort(order); // stable: of equals the first stays
        if (best.size() > count) {
          best.remove(count);
        }
      }
    }
    return best.stream().map(this::withHistory).toList();
  }

  private Course withHistory(Course course) {
    double[] values = history(course.name());
    return values == null
        ? course
        : new Course(course.name(), course.first(), course.last(), values);
  }

  private double @Nullable [] history(String name) {
    int n = Arrays.asList(names).indexOf(name);
    if (n < 0 || n >= history.length) {
      return null;
    }
    int kept = Math.min(seen, LENGTH);
    double[] values = new double[kept];
    for (int i = 0; i < kept; i++) {
      values[i] = history[n][(seen - kept + i) % LENGTH];
    }
    return values;
  }
}
