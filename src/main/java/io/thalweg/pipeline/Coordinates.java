package io.thalweg.pipeline;

import io.thalweg.solver.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The upper coordinates that a command names. There may be millions of coordinates, whose names are
 * made when they are asked for: one that ends with its number is looked for there first, the rest
 * by one walk over all, and no name is kept.
 */
final class Coordinates {
  /** Digits of a number that is a coordinate. */
  private static final int MOST_DIGITS = 9;

  private final UpperView view;
  private final int dimension;
  private final List<String> names;

  /** Of each name, the coordinates that it stands for, as far as their number may be obeyed. */
  private final int[][] found;

  private final BitSet all = new BitSet();

  /**
   * Looks them up.
   *
   * @param view how coordinates are called
   * @param dimension how many there are
   * @param names as the command has them; one that ends with a star stands for all that begin so
   */
  Coordinates(UpperView view, int dimension, List<String> names) {
    this.view = view;
    this.dimension = dimension;
    this.names = List.copyOf(names);
    this.found = new int[names.size()][0];
    Map<String, Integer> open = new HashMap<>();
    List<Integer> stars = new ArrayList<>();
    for (int n = 0; n < names.size(); n++) {
      String name = names.get(n);
      if (name.endsWith("*")) {
        stars.add(n);
      } else if (!guess(n, name)) {
        open.put(name, n);
      }
    }
    if (!open.isEmpty() || !stars.isEmpty()) {
      walk(open, stars);
    }
    for (int n = 0; n < found.length; n++) { // one that was named twice
      if (found[n].length == 0 && !names.get(n).endsWith("*")) {
        found[n] = found[names.indexOf(names.get(n))];
      }
    }
  }

  private boolean guess(int n, String name) {
    int digits = name.length();
    while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
      digits--;
    }
    int length = name.length() - digits;
    if (length == 0 || length > MOST_DIGITS) {
      return false;
    }
    int i = Integer.parseInt(name.substring(digits));
    if (i >= dimension || !view.name(i).equals(name)) {
      return false;
    }
    take(n, i);
    return true;
  }

  private void walk(Map<String, Integer> open, List<Integer> stars) {
    for (int i = 0; i < dimension && !(open.isEmpty() && stars.isEmpty()); i++) {
      String name = view.name(i);
      Integer exact = open.remove(name);
      if (exact != null) {
        take(names.indexOf(name), i);
      }
      for (int n : stars) {
        if (name.regionMatches(0, names.get(n), 0, names.get(n).length() - 1)) {
          take(n, i);
        }
      }
    }
  }

  /** Of more than may be obeyed it is enough to know the number. */
  private void take(int n, int i) {
    all.set(i);
    int[] before = found[n];
    if (before.length <= Command.MOST_COORDINATES) {
      found[n] = Arrays.copyOf(before, before.length + 1);
      found[n][before.length] = i;
    }
  }

  /** The first name that stands for none, null when there is none such. */
  @Nullable String missing() {
    for (int n = 0; n < found.length; n++) {
      if (found[n].length == 0) {
        return names.get(n);
      }
    }
    return null;
  }

  /** How many coordinates are named. */
  int count() {
    return all.cardinality();
  }

  /** Each of them once, in the order of the names; only where they are not too many. */
  Set<Integer> inOrder() {
    Set<Integer> order = new LinkedHashSet<>();
    for (int[] of : found) {
      for (int i : of) {
        order.add(i);
      }
    }
    return order;
  }
}
