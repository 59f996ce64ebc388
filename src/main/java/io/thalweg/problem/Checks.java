package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What several problems ask of their settings. */
final class Checks {
  /** Entries beyond which a matrix is not offered: 128 MiB of doubles. */
  private static final long MOST_ENTRIES = 1L << 24;

  private Checks() {}

  /** A required whole number within a closed interval. */
  static int integer(Settings settings, String key, int min, int max) {
    int value = settings.integer(key);
    if (value < min || value > max) {
      throw new SettingException(
          settings.pathOf(key), "must be in [" + min + ", " + max + "], but was " + value);
    }
    return value;
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
