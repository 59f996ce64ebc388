package io.thalweg.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Guesses what somebody who mistyped a word meant. */
public final class Suggestions {
  private Suggestions() {}

  /**
   * The known word nearest to what was written.
   *
   * @param found what was written
   * @param known words that would have been right
   * @return the word with the fewest edits (insert, delete, replace, swap of neighbours), at most a
   *     third of its length and at least one; the first of equals; null when none is that near
   */
  public static @Nullable String nearest(String found, Collection<String> known) {
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String word : known) {
      int edits = edits(found, word);
      if (edits < fewest && edits <= Math.max(1, word.length() / 3)) {
        best = word;
        fewest = edits;
      }
    }
    return best;
  }

  /**
   * The tail of a complaint about an unknown word.
   *
   * @param found what was written
   * @param known words that would have been right
   * @return {@code ; did you mean "batch"?} or, without a near word, {@code ; expected one of a, b}
   */
  public static String hint(String found, Collection<String> known) {
    String nearest = nearest(found, known);
    return nearest != null
        ? "; did you mean \"" + nearest + "\"?"
        : "; expected one of " + String.join(", ", known);
  }

  /** Optimal string alignment distance. */
  private static int edits(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(last[j], row[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] spare = before;
      before = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
