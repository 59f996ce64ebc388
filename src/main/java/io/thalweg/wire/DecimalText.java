package io.thalweg.wire;

import com.fasterxml.jackson.core.io.NumberInput;

/** Decimal numbers as ASCII bytes: digits, one point, an exponent; nothing else is a number. */
final class DecimalText {
  /** Powers of ten that a double holds exactly. */
  private static final double[] EXACT_POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long EXACT_MANTISSA = 1L << 53;
  private static final long ROOM = (Long.MAX_VALUE - 9) / 10;

  private char[] scratch = new char[32];

  /**
   * The double nearest to a number.
   *
   * @return the number, infinite when it is too large, NaN when the bytes are no number
   */
  double parse(byte[] text, int from, int to) {
    int i = from;
    boolean negative = false;
    if (i < to && (text[i] == '-' || text[i] == '+')) {
      negative = text[i++] == '-';
    }
    long mantissa = 0;
    int power = 0;
    int digits = 0;
    boolean exact = true;
    boolean point = false;
    for (; i < to; i++) {
      int d = text[i] - '0';
      if (d >= 0 && d <= 9) {
        digits++;
        if (mantissa <= ROOM) {
          mantissa = 10 * mantissa + d;
          power -= point ? 1 : 0;
        } else {
          exact = false;
        }
      } else if (text[i] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return Double.NaN;
    }
    if (i < to && (text[i] == 'e' || text[i] == 'E')) {
      int exponentFrom = ++i;
      boolean below = false;
      if (i < to && (text[i] == '-' || text[i] == '+')) {
        below = text[i] == '-';
        exponentFrom = ++i;
      }
      int exponent = 0;
      for (; i < to && text[i] >= '0' && text[i] <= '9'; i++) {
        exponent = Math.min(99_999, 10 * exponent + text[i] - '0');
      }
      if (i == exponentFrom) {
        return Double.NaN;
      }
      power += below ? -exponent : exponent;
    }
    if (i != to) {
      return Double.NaN;
    }
    // one rounding of two exact numbers is the nearest double (Clinger 1990)
    if (exact && mantissa <= EXACT_MANTISSA && Math.abs(power) < EXACT_POWERS.length) {
      double value = power < 0 ? mantissa / EXACT_POWERS[-power] : mantissa * EXACT_POWERS[power];
      return negative ? -value : value;
    }
    return slowly(text, from, to);
  }

  private double slowly(byte[] text, int from, int to) {
    int n = to - from;
    if (n > scratch.length) {
      scratch = new char[Math.max(n, 2 * scratch.length)];
    }
    for (int k = 0; k < n; k++) {
      scratch[k] = (char) text[from + k];
    }
    return NumberInput.parseDouble(scratch, 0, n, true);
  }
}
