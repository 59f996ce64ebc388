package io.thalweg.experiment;

/**
 * The order in which {@code numpy.random.default_rng(seed).permutation(n)} puts 0 ... n - 1, so
 * that an experiment can use the split that published figures were measured on: PCG64 (PCG XSL RR
 * 128/64, O'Neill 2014) seeded by SeedSequence, Fisher-Yates from the end, draws out of range
 * thrown away. Seeds below 2^32.
 */
final class NumpyOrder {
  private static final int POOL = 4;
  private static final int INIT_A = 0x43b0d7e5;
  private static final int MULT_A = 0x931e8875;
  private static final int INIT_B = 0x8b51f9dd;
  private static final int MULT_B = 0x58f38ded;
  private static final int MIX_L = 0xca01f9dd;
  private static final int MIX_R = 0x4973f715;
  private static final int SHIFT = 16;

  private static final long MULTIPLIER_HIGH = 2549297995355413924L;
  private static final long MULTIPLIER_LOW = 4865540595714422341L;
  private static final long LOW = 0xffffffffL;

  private int hash;
  private long high;
  private long low;
  private long incrementHigh;
  private long incrementLow;
  private boolean hasKept;
  private int kept;

  private NumpyOrder(int seed) {
    long[] words = seeds(seed);
    // the increment is odd: twice the second pair of words, plus 1
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    advance();
    add(words[0], words[1]);
    advance();
  }

  /**
   * The permutation.
   *
   * @param seed of the generator, its bits taken as a number without a sign
   * @param n how many numbers
   * @return them in their new order
   */
  static int[] of(int seed, int n) {
    NumpyOrder rng = new NumpyOrder(seed);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = rng.upTo(i);
      int at = order[i];
      order[i] = order[j];
      order[j] = at;
    }
    return order;
  }

  /** SeedSequence(seed).generate_state(4, uint64). */
  private long[] seeds(int seed) {
    int[] pool = new int[POOL];
    hash = INIT_A;
    for (int i = 0; i < POOL; i++) {
      pool[i] = scramble(i == 0 ? seed : 0);
    }
    for (int from = 0; from < POOL; from++) {
      for (int to = 0; to < POOL; to++) {
        if (from != to) {
          int mixed = MIX_L * pool[to] - MIX_R * scramble(pool[from]);
          pool[to] = mixed ^ mixed >>> SHIFT;
        }
      }
    }
    long[] words = new long[POOL];
    int state = INIT_B;
    for (int i = 0; i < 2 * POOL; i++) {
      int value = pool[i % POOL] ^ state;
      state *= MULT_B;
      value *= state;
      value ^= value >>> SHIFT;
      words[i / 2] |= (value & LOW) << (i % 2 * 32);
    }
    return words;
  }

  private int scramble(int value) {
    int v = value ^ hash;
    hash *= MULT_A;
    v *= hash;
    return v ^ v >>> SHIFT;
  }

  /** A number from 0 to {@code most}, uniform: as many bits as it has, until they are in range. */
  private int upTo(int most) {
    int mask = -1 >>> Integer.numberOfLeadingZeros(most);
    int value = next32() & mask;
    while (value > most) {
      value = next32() & mask;
    }
    return value;
  }

  /** The lower half of 64 bits, then the upper one. */
  private int next32() {
    if (hasKept) {
      hasKept = false;
      return kept;
    }
    advance();
    long bits = Long.rotateRight(high ^ low, (int) (high >>> 58));
    kept = (int) (bits >>> 32);
    hasKept = true;
    return (int) bits;
  }

  private void advance() {
    long top =
        Math.multiplyHigh(low, MULTIPLIER_LOW)
            + (low >> 63 & MULTIPLIER_LOW)
            + (MULTIPLIER_LOW >> 63 & low);
    high = top + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH;
    low *= MULTIPLIER_LOW;
    add(incrementHigh, incrementLow);
  }

  private void add(long addHigh, long addLow) {
    long sum = low + addLow;
    high += addHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    low = sum;
  }
}
