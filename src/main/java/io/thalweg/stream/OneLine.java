package io.thalweg.stream;

/**
 * Texts of others for a terminal or a log, which would obey what they may hold: characters that
 * move a cursor, begin a line or turn the direction of reading are blanks.
 */
public final class OneLine {
  private OneLine() {}

  /**
   * A text on one line.
   *
   * @param text what somebody wrote
   * @return the same with blanks for what a terminal would obey
   */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) {
      if (isObeyed(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  /** Both sets of control characters, ends of lines and paragraphs, turns of direction. */
  private static boolean isObeyed(char c) {
    return Character.isISOControl(c)
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
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
