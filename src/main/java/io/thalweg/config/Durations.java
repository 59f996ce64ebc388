package io.thalweg.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 50ms}, {@code 1s}, {@code 2m}, {@code 1h}, {@code 7d}. */
public final class Durations {
  /** What the schema accepts. */
  static final String PATTERN = "^[0-9]{1,9}(\\.[0-9]{1,3})? ?(ms|s|m|h|d)$";

  private static final Pattern FORM =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?|\\.[0-9]+) ?(ms|s|m|h|d)");

  private static final Pattern SECONDS = Pattern.compile("[0-9]+(?:\\.[0-9]+)?");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @param text number and unit
   * @return the duration, to the millisecond
   * @throws IllegalArgumentException when it is not one
   */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "expected a duration such as 50ms, 1s or 2m, found \""
              + text
              + "\""
              + (SECONDS.matcher(text.strip()).matches() ? ", which lacks its unit" : ""));
    }
    double unit =
        switch (form.group(2)) {
          case "ms" -> 1;
          case "s" -> 1e3;
          case "m" -> 6e4;
          case "h" -> 3.6e6;
          default -> 8.64e7;
        };
    return Duration.ofMillis(Math.round(Double.parseDouble(form.group(1)) * unit));
  }

  /**
   * Reads a duration that is a matter of seconds wherever it is asked for, so that a plain number
   * says it. In a job file a number without a unit is refused: beside the milliseconds of the Kafka
   * keys nobody would know which is meant.
   *
   * @param text number and unit, or a number of seconds
   * @return the duration, to the millisecond
   * @throws IllegalArgumentException when it is neither
   */
  public static Duration parseSeconds(String text) {
    String stripped = text.strip();
    if (SECONDS.matcher(stripped).matches()) {
      return parse(stripped + "s");
    }
    if (!FORM.matcher(stripped.toLowerCase(Locale.ROOT)).matches()) {
      throw new IllegalArgumentException(
          "expected seconds, or a duration such as 500ms, 30s or 2m, found \"" + text + "\"");
    }
    return parse(stripped);
  }
}
