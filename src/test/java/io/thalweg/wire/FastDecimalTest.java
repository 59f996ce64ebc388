package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FastDecimalTest {
  private static final int MANY = 400_000;

  private long undecided;
  private long decided;

  /** The JDK is the oracle. */
  private void check(long w, int q) {
    double found = FastDecimal.nearest(w, q);
    if (Double.isNaN(found)) {
      undecided++;
      return;
    }
    decided++;
    double expected = Double.parseDouble(Long.toUnsignedString(w) + "e" + q);
    if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(expected)) {
      throw new AssertionError(
          Long.toUnsignedString(w) + "e" + q + ": expected " + expected + ", found " + found);
    }
  }

  private void check(BigDecimal number) {
    BigDecimal cut = number.round(new MathContext(19, RoundingMode.DOWN));
    check(cut.unscaledValue().longValue(), -cut.scale());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void random_digits_and_powers(long seed) {
    java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
    for (int i = 0; i < MANY; i++) {
      long w = random.nextLong() >>> random.nextInt(64);
      if (Long.compareUnsigned(w, -8446744073709551616L) < 0) { // below 10^19
        check(w, random.nextInt(-345, 312));
        check(w, random.nextInt(-25, 25));
      }
    }
    assertThat(decided).isGreaterThan(MANY);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void random_doubles_as_they_are_written(long seed) {
    java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
    for (int i = 0; i < MANY; i++) {
      double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
      if (Double.isFinite(value) && value != 0) {
        check(new BigDecimal(Double.toString(value)));
        check(new BigDecimal(value)); // 19 of all its digits
      }
      check(new BigDecimal(Double.toString(random.nextDouble())));
    }
    // a tie, or nearly one, is rare: hardly anything takes the other way but subnormals
    assertThat(undecided).isLessThan(decided / 50);
  }

  @Test
  void between_two_doubles() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    for (int i = 0; i < MANY / 4; i++) {
      int exponent = random.nextInt(-80, 80);
      double value = Math.scalb(1 + random.nextDouble(), exponent);
      BigDecimal middle =
          new BigDecimal(value)
              .add(new BigDecimal(Math.nextUp(value)))
              .divide(BigDecimal.valueOf(2));
      check(middle);
      BigDecimal cut = middle.round(new MathContext(19, RoundingMode.DOWN));
      check(cut.add(cut.ulp()));
      check(cut.subtract(cut.ulp()));
    }
  }

  @Test
  void exact_ties_go_to_the_even_side() {
    for (long k = 0; k < 20_000; k++) {
      long tie = (1L << 54) + 2 + 4 * k; // halfway between two neighbours
      check(tie, 0);
      check(tie + 1, 0);
      check(tie - 1, 0);
      BigInteger times = BigInteger.valueOf(tie).multiply(BigInteger.valueOf(125));
      if (times.bitLength() <= 63) {
        check(times.longValue(), -3);
      }
    }
    assertThat(decided).isGreaterThan(50_000);
  }

  @Test
  void the_ends_of_the_range() {
    check(17976931348623157L, 292);
    check(17976931348623158L, 292);
    check(17976931348623159L, 292);
    check(1, 309);
    check(1, 308);
    check(9, 308);
    check(22250738585072014L, -324);
    check(22250738585072011L, -324);
    check(5, -324);
    check(0, 0);
    check(0, 400);
    check(0, -400);
    check(1, -400);
    assertThat(FastDecimal.nearest(1, 309)).isInfinite();
  }
}
