package io.thalweg.stream;

import java.util.regex.Pattern;

/**
 * Texts of others for a terminal or a log, which would obey what they may hold: characters that
 * move a cursor, begin a line or turn the direction of reading are blanks.
 */
public final class OneLine {
  /** Both sets of control characters, ends of lines and paragraphs, turns of direction. */
  private static final Pattern OBEYED =
      Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069]");

  private OneLine() {}

  /**
   * A text on one line.
   *
   * @param text what somebody wrote
   * @return the same with blanks for what a terminal would obey
   */
  public static String of(String text) {
    return OBEYED.matcher(text).replaceAll(" ");
  }

  /**
   * The beginning of a text on one line.
   *
   * @param text what somebody wrote
   * @param most characters of it
   * @return the same, with three dots where there is more
   */
  public static String of(String text, int most) {
    String line = of(text);
    return line.length() <= most ? line : line.substring(0, most) + "...";
  }
}
