package io.thalweg.solver;

import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Frozen;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.WeightTuning;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job says of the upper variables of a portfolio: which weights of records are tuned, and
 * which variables are frozen. Holds their names.
 */
final class RecordWeightSettings {
  private static final String CLASSES = "class-weights";
  private static final String SOURCES = "source-weights";
  private static final String FROZEN = "frozen";
  private static final String CLASS = "class-weight.";
  private static final String SOURCE = "source-weight.";
  private static final String STEP = "step-size.";
  private static final String OFF = "off";
  private static final List<String> SCALES = List.of(OFF, "log", "simplex");
  private static final double LEAST = 0.05;
  private static final double MOST = 20;

  /** Log odds of a source at the most, and how far they may change with its age. */
  private static final double MOST_ODDS = Portfolio.MOST_ODDS;

  private static final double THETA = 0.005;
  private static final Range BELOW = new Range(0, true, 1, false);
  private static final Range ABOVE = new Range(1, false, Double.POSITIVE_INFINITY, true);

  static final List<Parameter> PARAMETERS =
      List.of(
          Parameter.tree(
              CLASSES,
              List.of(
                  Parameter.choice(
                      "scale",
                      SCALES,
                      OFF,
                      "log: one factor for every class; simplex: factors whose mean is 1"),
                  Parameter.number("least", BELOW, LEAST, "lower bound of a factor"),
                  Parameter.number("most", ABOVE, MOST, "upper bound of a factor")),
              "tunes what records of each class count when they are learned, by the unweighted loss"
                  + " of the next record"),
          Parameter.of(
              SOURCES,
              Parameter.Kind.FLAG,
              false,
              "tunes what records of each source count when they are learned and judged: the problem"
                  + " needs sources"),
          new Parameter(
              FROZEN,
              Parameter.Kind.TEXTS,
              Range.ANY,
              List.of(),
              null,
              false,
              "upper variables that stay as they begin, by their names in snapshots; * stands for"
                  + " any text"));

  private final RowModel model;
  private final boolean classes;
  private final boolean simplex;
  private final double least;
  private final double most;
  private final boolean sources;
  private final List<String> names = new ArrayList<>();
  private final boolean[] frozen;
  private final boolean anyFrozen;
  private final int entries;

  RecordWeightSettings(Settings solver, RowModel model) {
    this.model = model;
    Settings own = solver.child(CLASSES);
    Keys.allow(own, List.of("scale", "least", "most"));
    String scale = Keys.choice(own, "scale", SCALES, OFF);
    classes = !scale.equals(OFF);
    simplex = scale.equals("simplex");
    least = own.number("least", LEAST, BELOW);
    most = own.number("most", MOST, ABOVE);
    sources = solver.flag(SOURCES, false);
    check(solver);
    int width = model.hasBias() ? model.features() + 1 : model.features();
    entries = Math.multiplyExact(width, model.outputs());
    List<String> patterns = solver.texts(FROZEN);
    anyFrozen = !patterns.isEmpty();
    for (int k = 0; k < (classes ? model.classes() : 0); k++) {
      names.add(CLASS + k);
    }
    for (int s = 0; s < (sources ? model.sources() : 0); s++) {
      names.add(SOURCE + s);
    }
    if (sources) {
      names.add(SOURCE + "age");
    }
    frozen = new boolean[anyFrozen ? model.groups() + entries + names.size() : 0];
    for (String pattern : patterns) {
      freeze(solver, pattern);
    }
  }

  private void check(Settings solver) {
    if (classes && model.classes() == 0) {
      throw new SettingException(
          solver.pathOf(CLASSES),
          "needs labels that are classes, but those of the problem are numbers");
    }
    if (sources && (model.sources() == 0 || model.classes() == 0)) {
      throw new SettingException(
          solver.pathOf(SOURCES),
          "needs "
              + (model.sources() == 0 ? "problem.sources" : "labels that are classes")
              + ", but the problem has none");
    }
  }

  /** Whether a name is what a pattern says from a place on; * stands for any characters. */
  private static boolean matches(String pattern, int p, String name, int n) {
    if (p == pattern.length()) {
      return n == name.length();
    }
    if (pattern.charAt(p) == '*') {
      return matches(pattern, p + 1, name, n)
          || (n < name.length() && matches(pattern, p, name, n + 1));
    }
    return n < name.length()
        && pattern.charAt(p) == name.charAt(n)
        && matches(pattern, p + 1, name, n + 1);
  }

  private void freeze(Settings solver, String pattern) {
    boolean found = false;
    for (int i = 0; i < frozen.length; i++) {
      if (matches(pattern, 0, name(i), 0)) {
        found = true;
        frozen[i] = true;
        if (simplex && name(i).startsWith(CLASS)) {
          throw new SettingException(
              solver.pathOf(FROZEN),
              "must leave class weights free with scale: simplex, which moves all of them, but has "
                  + pattern);
        }
      }
    }
    if (!found) {
      throw new SettingException(
          solver.pathOf(FROZEN),
          "must name upper variables, such as "
              + model.upperName(0)
              + " or "
              + STEP
              + "*, but nothing is called "
              + pattern);
    }
  }

  /** The name of an upper variable: L2 weights, step sizes, weights of records. */
  private String name(int i) {
    int groups = model.groups();
    return i < groups
        ? model.upperName(i)
        : i < groups + entries ? stepSize(i - groups) : names.get(i - groups - entries);
  }

  /** The name of a step size. */
  String stepSize(int entry) {
    int outputs = model.outputs();
    return outputs == 1 ? STEP + entry : STEP + entry / outputs + "." + entry % outputs;
  }

  /** Whether the job keeps an upper variable as it begins. */
  boolean isFrozen(int i) {
    return anyFrozen && frozen[i];
  }

  /** Whether a weight of records is one of those that always have the mean 1. */
  boolean isShared(int weight) {
    return simplex && weight < classCount();
  }

  /** The lower end of the logarithm of a weight of records. */
  double least(int weight) {
    return weight < classCount()
        ? StrictMath.log(least)
        : isAge(weight) ? -MOST_ODDS : -StrictMath.log1p(StrictMath.exp(MOST_ODDS));
  }

  /** The upper end of the logarithm of a weight of records. */
  double most(int weight) {
    return weight < classCount()
        ? StrictMath.log(most)
        : isAge(weight) ? MOST_ODDS : -StrictMath.log1p(StrictMath.exp(-MOST_ODDS));
  }

  /** What a weight of records is made of: its logarithm, of a source the log odds. */
  double madeOf(int weight, double log) {
    return weight < classCount() || isAge(weight) ? log : Portfolio.oddsOf(log);
  }

  private int classCount() {
    return classes ? model.classes() : 0;
  }

  private boolean isAge(int weight) {
    return sources && weight == names.size() - 1;
  }

  /** The names of the weights of records, in their order; empty where none is tuned. */
  List<String> names() {
    return names;
  }

  /** The ranges of the step sizes, then of the weights of records where these have any. */
  List<Range> ranges(Range steps) {
    List<Range> ranges = new ArrayList<>(Collections.nCopies(entries, steps));
    for (String name : names) {
      boolean bounded = name.startsWith(CLASS) && !simplex; // else they are brought to the mean 1
      ranges.add(bounded ? Range.closed(least, most) : Range.ANY);
    }
    return ranges;
  }

  /** Null where nothing of the kind is tuned. */
  @Nullable WeightTuning tuning() {
    int from = model.groups() + entries;
    int ofClasses = classes ? model.classes() : 0;
    return names.isEmpty()
        ? null
        : new WeightTuning(
            classes,
            simplex,
            least,
            most,
            sources,
            THETA,
            part(from, ofClasses),
            part(from + ofClasses, names.size() - ofClasses));
  }

  /** Null where nothing of the kind is frozen. */
  @Nullable Frozen frozen() {
    return anyFrozen ? new Frozen(part(model.groups(), entries), part(0, model.groups())) : null;
  }

  private boolean[] part(int from, int length) {
    boolean[] out = new boolean[length];
    if (anyFrozen) {
      System.arraycopy(frozen, from, out, 0, length);
    }
    return out;
  }
}
