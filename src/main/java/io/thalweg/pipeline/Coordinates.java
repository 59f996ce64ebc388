package io.thalweg.pipeline;

import io.thalweg.settings.Suggestions;
import io.thalweg.solver.Command;
import io.thalweg.solver.Solver;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Upper coordinates as an operator names and measures them. Names are looked up when the first
 * command has one. Used by one thread.
 */
final class Coordinates implements Command.Units {
  /** Names that a reason lists; of more, their number. */
  private static final int NAMED = 4;

  private static final int LONGEST_NAME = 60;

  /** Among more names none is looked for that is like a wrong one. */
  private static final int MOST_COMPARED = 10_000;

  /** Digits that are tried for a number that stands for a value exactly. */
  private static final int MOST_DIGITS = 10;

  private static final MathContext ROUNDED = new MathContext(6);

  private final Solver solver;
  private final UpperView view;
  private @Nullable Map<String, Integer> byName;

  Coordinates(Solver solver, UpperView view) {
    this.solver = solver;
    this.view = view;
  }

  String name(int i) {
    return view.name(i);
  }

  /** The value of a coordinate that an operator says in units; not a number where none has it. */
  double value(int i, double unit) {
    return view.value(i, unit);
  }

  /**
   * The shortest number in the operator's units that stands for a value, so that he finds again
   * what he wrote; six digits of it where none is short.
   */
  @Override
  public String tell(int i, double x) {
    double[] point = new double[solver.upperDim()];
    solver.upper(point);
    point[i] = x;
    double unit = view.unit(i, point);
    if (!Double.isFinite(unit)) {
      return Double.toString(unit);
    }
    BigDecimal exact = new BigDecimal(unit);
    for (int digits = 1; digits <= MOST_DIGITS; digits++) {
      double shorter = exact.round(new MathContext(digits)).doubleValue();
      if (shorter == unit || view.value(i, shorter) == x) {
        return Double.toString(shorter);
      }
    }
    return Double.toString(exact.round(ROUNDED).doubleValue());
  }

  /**
   * Looks names up.
   *
   * @param into takes the coordinates
   * @return null, or what is wrong with one of the names
   */
  @Nullable String choose(List<String> names, Set<Integer> into) {
    for (String name : names) {
      if (!choose(name, into)) {
        return "there is no coordinate "
            + brief(name)
            + "; snapshots name them in upper"
            + hint(name);
      }
    }
    return into.size() <= Command.MOST_COORDINATES
        ? null
        : "it names "
            + into.size()
            + " coordinates, but at most "
            + Command.MOST_COORDINATES
            + " can be bounded or frozen";
  }

  private boolean choose(String name, Set<Integer> into) {
    if (!name.endsWith("*")) {
      Integer one = byName().get(name);
      if (one != null) {
        into.add(one);
      }
      return one != null;
    }
    String prefix = name.substring(0, name.length() - 1);
    boolean some = false;
    for (Map.Entry<String, Integer> coordinate : byName().entrySet()) {
      if (coordinate.getKey().startsWith(prefix)) {
        into.add(coordinate.getValue());
        some = true;
      }
    }
    return some;
  }

  private Map<String, Integer> byName() {
    Map<String, Integer> known = byName;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (int i = 0; i < solver.upperDim(); i++) {
        known.put(view.name(i), i);
      }
      byName = known;
    }
    return known;
  }

  /** What could have been meant: numbers of a family by its range, words by the nearest one. */
  private String hint(String name) {
    String family = family(name);
    List<String> kin = new ArrayList<>();
    Set<String> stars = new LinkedHashSet<>();
    for (String known : byName().keySet()) {
      if (!family.isEmpty() && known.startsWith(family)) {
        kin.add(known);
      }
      if (!family(known).isEmpty()) {
        stars.add(family(known) + "*");
      }
    }
    if (!kin.isEmpty() && isNumber(name.substring(family.length()))) {
      return ": " + kin.get(0) + (kin.size() == 1 ? " alone" : " to " + kin.get(kin.size() - 1));
    }
    Set<String> known = name.endsWith("*") ? stars : byName().keySet();
    String nearest =
        known.size() > MOST_COMPARED || name.length() > LONGEST_NAME
            ? null
            : Suggestions.nearest(name, known);
    if (nearest != null) {
      return "; did you mean \"" + nearest + "\"?";
    }
    List<String> all = List.copyOf(kin.isEmpty() ? byName().keySet() : kin);
    int more = all.size() - NAMED;
    return ": "
        + String.join(", ", all.subList(0, Math.min(NAMED, all.size())))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static String family(String name) {
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Names in a sentence. */
  static String words(List<String> names) {
    if (names.size() > NAMED) {
      return names.size() + " names";
    }
    List<String> brief = new ArrayList<>();
    names.forEach(name -> brief.add(brief(name)));
    return String.join(", ", brief);
  }

  private static String brief(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
  }
}
