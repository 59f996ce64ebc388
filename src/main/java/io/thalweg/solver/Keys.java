package io.thalweg.solver;

import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.settings.Suggestions;
import java.util.Collection;
import java.util.List;

/** Complaints about names that do not exist, with the nearest one that does. */
final class Keys {
  /** What {@link #count} lets through. */
  static final Range COUNT = new Range(1, false, Double.POSITIVE_INFINITY, true);

  private Keys() {}

  /** Refuses keys that mean nothing here. */
  static void allow(Settings tree, Collection<String> known) {
    for (String key : tree.keys()) {
      if (!known.contains(key)) {
        throw new SettingException(
            tree.pathOf(key), "is not known here" + Suggestions.hint(key, known));
      }
    }
  }

  /** A whole number of at least 1. */
  static int count(Settings tree, String key, int otherwise) {
    return atLeast(tree, key, otherwise, 1);
  }

  /** A whole number of at least {@code least}. */
  static int atLeast(Settings tree, String key, int otherwise, int least) {
    int found = tree.integer(key, otherwise);
    if (found < least) {
      throw new SettingException(
          tree.pathOf(key), "must be at least " + least + ", but was " + found);
    }
    return found;
  }

  /** One of a few names. */
  static String choice(Settings tree, String key, List<String> known, String otherwise) {
    String found = tree.text(key, otherwise);
    if (!known.contains(found)) {
      throw new SettingException(tree.pathOf(key), unknown(found, known));
    }
    return found;
  }

  /** The complaint about a value that is none of the known ones. */
  static String unknown(String found, Collection<String> known) {
    return "must be one of "
        + String.join(", ", known)
        + ", but was \""
        + found
        + "\""
        + (Suggestions.nearest(found, known) == null ? "" : Suggestions.hint(found, known));
  }
}
