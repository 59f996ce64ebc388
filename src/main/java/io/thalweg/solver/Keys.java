package io.thalweg.solver;

import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Collection;

/** Complaints about names that do not exist, with the nearest one that does. */
final class Keys {
  private Keys() {}

  /** Refuses keys that mean nothing here. */
  static void allow(Settings tree, Collection<String> known) {
    for (String key : tree.keys()) {
      if (!known.contains(key)) {
        throw new SettingException(
            tree.pathOf(key), "is not a setting" + nearest(key, known) + ": expected " + known);
      }
    }
  }

  /** The complaint about a value that is none of the known ones. */
  static String unknown(String found, Collection<String> known) {
    return "must be one of " + known + ", but was " + found + nearest(found, known);
  }

  private static String nearest(String found, Collection<String> known) {
    String best = "";
    int least = Math.max(2, found.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(found, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : " (did you mean " + best + "?)";
  }

  /** Edits of one letter that turn a into b. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
