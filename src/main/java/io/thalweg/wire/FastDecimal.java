package io.thalweg.wire;

import java.math.BigInteger;

/**
 * The double nearest to w 10^q, ties to even. Small cases are one rounding of two exact numbers
 * (Clinger 1990); the others are the upper part of a product with a 128-bit power of five (Lemire,
 * Number Parsing at a Gigabyte per Second, 2021, section 5). Where that product cannot tell on
 * which side of a tie the number lies, and for subnormal results, it says so instead of guessing.
 */
final class FastDecimal {
  /** What {@link #nearest} returns when another way has to be taken; never a result. */
  static final double UNDECIDED = Double.NaN;

  /** Most digits of w: 10^19 is below 2^64. */
  static final int MOST_DIGITS = 19;

  /** Powers of ten that a double holds exactly. */
  private static final double[] EXACT = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long EXACT_INTEGER = 1L << 53;
  private static final int SMALLEST_POWER = -342;
  private static final int LARGEST_POWER = 308;

  private FastDecimal() {}

  /**
   * Converts.
   *
   * @param w decimal digits as an unsigned number of at most 19 digits
   * @param q power of ten
   * @return the nearest double, infinite on overflow, or {@link #UNDECIDED}
   */
  static double nearest(long w, int q) {
    if (w >= 0 && w <= EXACT_INTEGER && q >= -22 && q <= 22) {
      return q < 0 ? w / EXACT[-q] : w * EXACT[q];
    }
    if (w == 0) {
      return 0;
    }
    if (q > LARGEST_POWER) {
      return Double.POSITIVE_INFINITY; // w is at least 1
    }
    if (q < SMALLEST_POWER) {
      return UNDECIDED;
    }
    return byProduct(w, q);
  }

  private static double byProduct(long w, int q) {
    int zeros = Long.numberOfLeadingZeros(w);
    long m = w << zeros;
    int at = 2 * (q - SMALLEST_POWER);
    long high = multiplyHigh(m, Powers.OF_FIVE[at]);
    long low = m * Powers.OF_FIVE[at];
    if ((high & 0x1ff) == 0x1ff) { // the bits below the rounding are all ones: look further
      long more = multiplyHigh(m, Powers.OF_FIVE[at + 1]);
      low += more;
      if (Long.compareUnsigned(more, low) > 0) {
        high++;
      }
    }
    if (low == -1L && (q < -27 || q > 55)) {
      return UNDECIDED;
    }
    int upper = (int) (high >>> 63);
    long mantissa = high >>> (upper + 9);
    // floor(q log2 10) + 63, exact for these q
    int exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (exponent <= 0) {
      return UNDECIDED;
    }
    if (Long.compareUnsigned(low, 1) <= 0
        && q >= -4
        && q <= 23
        && (mantissa & 3) == 1
        && mantissa << (upper + 9) == high) {
      mantissa &= ~1L; // an exact tie goes to the even side
    }
    mantissa += mantissa & 1;
    mantissa >>>= 1;
    if (mantissa == 1L << 53) {
      mantissa = 1L << 52;
      exponent++;
    }
    if (exponent >= 2047) {
      return Double.POSITIVE_INFINITY;
    }
    return Double.longBitsToDouble((mantissa & ((1L << 52) - 1)) | ((long) exponent << 52));
  }

  /** The upper 64 bits of the product of two unsigned numbers. */
  private static long multiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
  }

  /** Made when the first number needs it. */
  private static final class Powers {
    /** The upper 128 bits of 5^q from q = -342 on: upper half, lower half. */
    static final long[] OF_FIVE = new long[2 * (LARGEST_POWER - SMALLEST_POWER + 1)];

    static {
      BigInteger five = BigInteger.valueOf(5);
      for (int q = SMALLEST_POWER; q <= LARGEST_POWER; q++) {
        BigInteger c;
        if (q >= 0) {
          BigInteger power = five.pow(q); // truncated
          c = shift(power, 128 - power.bitLength());
        } else {
          BigInteger power = five.pow(-q);
          // near ties can be told from ties where 5^-q fits into a word: there the last bit counts
          int bits = q >= -27 ? power.bitLength() + 127 : 2 * power.bitLength() + 128;
          c = BigInteger.ONE.shiftLeft(bits).divide(power).add(BigInteger.ONE); // rounded up
          c = shift(c, 128 - c.bitLength());
        }
        int at = 2 * (q - SMALLEST_POWER);
        OF_FIVE[at] = c.shiftRight(64).longValue();
        OF_FIVE[at + 1] = c.longValue();
      }
    }

    private static BigInteger shift(BigInteger c, int left) {
      return left >= 0 ? c.shiftLeft(left) : c.shiftRight(-left);
    }

    private Powers() {}
  }
}
