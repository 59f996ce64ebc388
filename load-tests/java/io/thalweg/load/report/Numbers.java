package io.thalweg.load.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people: three digits that count, thousands apart. */
public final class Numbers {
  private Numbers() {}

  /**
   * A count.
   *
   * @param n any number
   * @return its text
   */
  public static String of(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /**
   * A number in as many decimals as its size needs.
   *
   * @param x any number
   * @return its text, a dash when it is none
   */
  public static String of(double x) {
    if (Double.isNaN(x)) {
      return "–";
    }
    if (Double.isInfinite(x)) {
      return x > 0 ? "∞" : "-∞";
    }
    double size = Math.abs(x);
    if (x == Math.rint(x) || size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", x);
    }
    return size >= 0.1
        ? String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", x)
        : new BigDecimal(x).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }
}
