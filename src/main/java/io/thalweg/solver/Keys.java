package io.thalweg.solver;

import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.settings.Suggestions;
import java.util.Collection;

/** Complaints about names that do not exist, with the nearest one that does. */
final class Keys {
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
