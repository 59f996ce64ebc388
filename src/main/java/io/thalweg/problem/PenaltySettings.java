package io.thalweg.problem;

import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.settings.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Which L2 weights a regression has: how the entries of the lower variable map to upper
 * coordinates, the scale of a coordinate, where it starts and between which bounds it stays. A
 * feature has one entry per output of the model, side by side.
 */
final class PenaltySettings {
  private static final List<String> PER = List.of("feature", "group", "global");
  private static final List<String> PER_OR_CLASS = List.of("feature", "class", "group", "global");
  private static final List<String> SCALES = List.of("log", "linear");

  private final int[] groupOf;
  private final int count;
  private final String per;
  private final boolean own;
  private final boolean log;
  private final double[] init;
  private final double[][] bounds;

  private PenaltySettings(
      int[] groupOf,
      int count,
      String per,
      boolean own,
      boolean log,
      double[] init,
      double[][] bounds) {
    this.groupOf = groupOf;
    this.count = count;
    this.per = per;
    this.own = own;
    this.log = log;
    this.init = init;
    this.bounds = bounds;
  }

  /** Upper coordinate of each penalised entry, one per feature and output; not a copy. */
  int[] groupOf() {
    return groupOf;
  }

  /** Number of upper coordinates. */
  int count() {
    return count;
  }

  /** True when every entry has a weight of its own. */
  boolean ownWeights() {
    return own;
  }

  /** True when a weight is exp(x), false when it is x itself. */
  boolean log() {
    return log;
  }

  /** Starting point, length count; not a copy. */
  double[] init() {
    return init;
  }

  /** {lower, upper} bounds, each of length count; not copies. */
  double[][] bounds() {
    return bounds;
  }

  /** Reads the {@code hyperparameters} tree for n features and a number of outputs. */
  static PenaltySettings read(Settings tree, int n, int outputs) {
    refuseUnknown(tree, List.of("l2", "groups"));
    Settings l2 = tree.child("l2");
    refuseUnknown(l2, List.of("per", "scale", "init", "bounds"));
    String per = Checks.oneOf(l2, "per", "feature", outputs == 1 ? PER : PER_OR_CLASS);
    boolean log = Checks.oneOf(l2, "scale", "log", SCALES).equals("log");
    int[] groupOf = new int[n];
    int count = 1;
    if (per.equals("feature")) {
      Arrays.setAll(groupOf, j -> j);
      count = n;
    } else if (per.equals("group")) {
      count = readGroups(tree, groupOf);
    }
    if (outputs > 1) {
      groupOf = spread(groupOf, outputs);
    }
    if (per.equals("class")) {
      Arrays.setAll(groupOf, i -> i % outputs);
      count = outputs;
    }
    if (!per.equals("group") && tree.has("groups")) {
      throw new SettingException(
          tree.pathOf("groups"),
          "has a meaning only with " + l2.pathOf("per") + ": group, but that was " + per);
    }
    double[] init = log ? spread(l2, "init", -4, count) : spread(l2, "init", 0.02, count);
    double[] range = log ? new double[] {-12, 4} : new double[] {0, 50};
    if (l2.has("bounds")) {
      range = l2.numbers("bounds");
      if (range.length != 2 || !(range[0] < range[1]) || (!log && range[0] < 0)) {
        throw new SettingException(
            l2.pathOf("bounds"),
            "must be [lower, upper] with lower < upper"
                + (log ? "" : " and lower >= 0 on the linear scale")
                + ", but was "
                + Arrays.toString(range));
      }
    }
    double[][] bounds = new double[2][count];
    for (int i = 0; i < count; i++) {
      if (!(init[i] >= range[0] && init[i] <= range[1])) {
        throw new SettingException(
            l2.pathOf("init"),
            "must lie within the bounds " + Arrays.toString(range) + ", but was " + init[i]);
      }
      bounds[0][i] = range[0];
      bounds[1][i] = range[1];
    }
    boolean own = per.equals("feature") && outputs == 1;
    return new PenaltySettings(groupOf, count, per, own, log, init, bounds);
  }

  /** The name of an upper coordinate. */
  String name(int i) {
    return switch (per) {
      case "global" -> "l2";
      case "feature" -> "l2." + i;
      default -> "l2." + per + "-" + i;
    };
  }

  /**
   * One entry per feature is the group of that feature; a shorter list holds the sizes of groups of
   * neighbours.
   */
  private static int readGroups(Settings tree, int[] groupOf) {
    if (!tree.has("groups")) {
      throw new SettingException(
          tree.pathOf("groups"), "is required with l2.per: group: one group number per feature");
    }
    double[] entries = tree.numbers("groups");
    for (double entry : entries) {
      if (!(entry >= 0 && entry == Math.rint(entry) && entry < Integer.MAX_VALUE)) {
        throw new SettingException(
            tree.pathOf("groups"), "must hold whole numbers from 0 on, but one was " + entry);
      }
    }
    return entries.length == groupOf.length
        ? byFeature(tree, entries, groupOf)
        : bySizes(tree, entries, groupOf);
  }

  private static int byFeature(Settings tree, double[] entries, int[] groupOf) {
    int count = 0;
    for (int j = 0; j < groupOf.length; j++) {
      groupOf[j] = (int) entries[j];
      count = Math.max(count, groupOf[j] + 1);
    }
    boolean[] used = new boolean[Math.min(count, groupOf.length + 1)];
    for (int group : groupOf) {
      if (group < used.length) {
        used[group] = true;
      }
    }
    for (int group = 0; group < used.length; group++) {
      if (!used[group]) {
        throw new SettingException(
            tree.pathOf("groups"),
            "must use every group number from 0 to " + (count - 1) + ", but not " + group);
      }
    }
    return count;
  }

  private static int bySizes(Settings tree, double[] entries, int[] groupOf) {
    long total = 0;
    for (double entry : entries) {
      total += (long) entry;
      if (entry < 1) {
        throw new SettingException(
            tree.pathOf("groups"), "must hold group sizes of at least 1, but one was 0");
      }
    }
    if (total != groupOf.length) {
      throw new SettingException(
          tree.pathOf("groups"),
          "must hold one group number per feature or group sizes that add up to "
              + groupOf.length
              + " features, but had "
              + entries.length
              + " entries adding up to "
              + total);
    }
    int j = 0;
    for (int group = 0; group < entries.length; group++) {
      for (int k = 0; k < (int) entries[group]; k++) {
        groupOf[j++] = group;
      }
    }
    return entries.length;
  }

  /** One entry for each output of each feature. */
  private static int[] spread(int[] groupOf, int outputs) {
    int[] out = new int[Math.multiplyExact(groupOf.length, outputs)];
    Arrays.setAll(out, i -> groupOf[i / outputs]);
    return out;
  }

  private static double[] spread(Settings l2, String key, double otherwise, int count) {
    double[] out = new double[count];
    Object raw = l2.raw(key);
    if (raw instanceof List<?>) {
      double[] given = l2.numbers(key);
      if (given.length != count) {
        throw new SettingException(
            l2.pathOf(key),
            "must be a number or a list of length " + count + ", but had " + given.length);
      }
      return given;
    }
    Arrays.fill(out, l2.number(key, otherwise));
    return out;
  }

  private static void refuseUnknown(Settings tree, List<String> known) {
    Set<String> keys = tree.keys();
    for (String key : keys) {
      if (!known.contains(key)) {
        throw new SettingException(
            tree.pathOf(key), "is not a known key" + Suggestions.hint(key, known));
      }
    }
  }
}
