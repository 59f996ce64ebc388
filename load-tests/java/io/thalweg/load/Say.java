package io.thalweg.load;

import java.util.Locale;

/** Progress, for whoever watches: lines on stderr, so that stdout holds verdicts alone. */
public final class Say {
  private Say() {}

  /**
   * One line.
   *
   * @param format as {@link String#format}
   * @param args its arguments
   */
  public static void line(String format, Object... args) {
    System.err.println(String.format(Locale.ROOT, format, args));
  }
}
