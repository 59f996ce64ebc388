package io.thalweg.pipeline;

import io.thalweg.settings.Suggestions;
import io.thalweg.solver.Command;
import io.thalweg.solver.Solver;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Upper coordinates as an operator names and measures them. Used by one thread. */
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

  /** An end of a coordinate in the operator's units; none stays none. */
  double unit(int i, double end, double[] scratch) {
    if (Double.isInfinite(end)) {
      return end;
    }
    scratch[i] = end;
    return view.unit(i, scratch);
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
    NamedCoordinates named = new NamedCoordinates(view, solver.upperDim(), names);
    String missing = named.missing();
    if (missing != null) {
      return "there is no coordinate "
          + brief(missing)
          + "; snapshots name them in upper"
          + hint(missing);
    }
    if (named.count() > Command.MOST_COORDINATES) {
      return "it names "
          + named.count()
          + " coordinates, but at most "
          + Command.MOST_COORDINATES
          + " can be bounded or frozen";
    }
    into.addAll(named.inOrder());
    return null;
  }

  /** What could have been meant: of few names the like, of many their range. */
  private String hint(String name) {
    int count = solver.upperDim();
    if (count > MOST_COMPARED) {
      return ": " + view.name(0) + " to " + view.name(count - 1);
    }
    Set<String> all = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      all.add(view.name(i));
    }
    return hint(name, all);
  }

  /** What could have been meant: numbers of a family by its range, words by the nearest one. */
  private static String hint(String name, Set<String> all) {
    String family = family(name);
    List<String> kin = new ArrayList<>();
    Set<String> stars = new LinkedHashSet<>();
    for (String known : all) {
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
    Set<String> known = name.endsWith("*") ? stars : all;
    String nearest = name.length() > LONGEST_NAME ? null : Suggestions.nearest(name, known);
    if (nearest != null) {
      return "; did you mean \"" + nearest + "\"?";
    }
    List<String> some = List.copyOf(kin.isEmpty() ? all : kin);
    int more = some.size() - NAMED;
    return ": "
        + String.join(", ", some.subList(0, Math.min(NAMED, some.size())))
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
