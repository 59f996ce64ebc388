package io.thalweg.experiment;

import java.util.Locale;

/** Numbers in reports. */
final class Numbers {
  private static final int DIGITS = 4;

  private Numbers() {}

  /** Four digits, plain between 1e-3 and 1e7, else with an exponent; "-" for what is not there. */
  static String plain(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Math.abs(value) < 1e7 ? Long.toString((long) value) : exponent(value);
    }
    double size = Math.abs(value);
    if (size < 1e-3 || size >= 1e7) {
      return exponent(value);
    }
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    int before = size >= 100 ? 3 : size >= 10 ? 2 : 1;
    String text = String.format(Locale.ROOT, "%." + (DIGITS - before) + "f", value);
    if (size < 1) {
      text = String.format(Locale.ROOT, "%.4f", value);
    }
    return text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
  }

  private static String exponent(double value) {
    String[] parts = String.format(Locale.ROOT, "%.2e", value).split("e", 2);
    return parts[0].replaceFirst("\\.?0+$", "") + "e" + Integer.parseInt(parts[1]);
  }
}
