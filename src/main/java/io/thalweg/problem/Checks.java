package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.settings.Suggestions;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What several problems ask of their settings. */
final class Checks {
  /** Entries beyond which a matrix is not offered: 128 MiB of doubles. */
  private static final long MOST_ENTRIES = 1L << 24;

  private Checks() {}

  /** A required whole number within a closed interval. */
  static int integer(Settings settings, String key, int min, int max) {
    return within(settings, key, settings.integer(key), min, max);
  }

  /** A whole number within a closed interval, with a default. */
  static int integer(Settings settings, String key, int min, int max, int otherwise) {
    return within(settings, key, settings.integer(key, otherwise), min, max);
  }

  private static int within(Settings settings, String key, int value, int min, int max) {
    if (value < min || value > max) {
      throw new SettingException(
          settings.pathOf(key), "must be in [" + min + ", " + max + "], but was " + value);
    }
    return value;
  }

  /** A list of numbers with a default. */
  static double[] numbers(Settings settings, String key, double[] otherwise) {
    return settings.has(key) ? settings.numbers(key) : otherwise.clone();
  }

  /** The length of a list, which must lie within a closed interval. */
  static int length(Settings settings, String key, double[] numbers, int min, int max) {
    if (numbers.length < min || numbers.length > max) {
      String expected = min == max ? min + " numbers" : min + " to " + max + " numbers";
      throw new SettingException(
          settings.pathOf(key), "must hold " + expected + ", but had " + numbers.length);
    }
    return numbers.length;
  }

  /** One of a few texts, with a default. */
  static String oneOf(Settings settings, String key, String otherwise, List<String> choices) {
    String value = settings.text(key, otherwise);
    if (!choices.contains(value)) {
      throw new SettingException(
          settings.pathOf(key),
          "must be one of "
              + String.join(", ", choices)
              + ", but was \""
              + value
              + "\""
              + suggestion(value, choices));
    }
    return value;
  }

  private static String suggestion(String value, List<String> choices) {
    @Nullable String nearest = Suggestions.nearest(value, choices);
    return nearest == null ? "" : "; did you mean \"" + nearest + "\"?";
  }

  /** All capabilities, but for the matrices where they would be too large to hold. */
  static Set<Capability> capabilities(int p, int q) {
    boolean dense = (long) q * Math.max(p, q) <= MOST_ENTRIES;
    return Collections.unmodifiableSet(
        dense
            ? EnumSet.allOf(Capability.class)
            : EnumSet.complementOf(EnumSet.of(Capability.DENSE)));
  }

  /** The bounds of an upper variable that is free. */
  static double[][] unbounded(int n) {
    double[][] bounds = new double[2][n];
    Arrays.fill(bounds[0], Double.NEGATIVE_INFINITY);
    Arrays.fill(bounds[1], Double.POSITIVE_INFINITY);
    return bounds;
  }

  /** The nearest number of an interval; NaN stays what it is. */
  static double clip(double value, double min, double max) {
    return Math.max(min, Math.min(max, value));
  }
}
