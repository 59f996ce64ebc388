package io.thalweg.solver;

import java.util.Arrays;

/**
 * What happened to coordinates that were left alone. A step multiplies the pair (y_j, v_j) of an
 * untouched coordinate by a 2 x 2 matrix M and the pair (z_j, r_j) by another, N, both the same for
 * all coordinates of a group. This holds the products of the steps since a base, so that a
 * coordinate last valid at step s is brought to now by at most two matrices, however long ago s is.
 *
 * <p>The window is cut into blocks. For every s there is the product from s to the end of its
 * block, in the block under way to now; for every finished block the product from its end to now. A
 * step updates one entry per place of the block under way and one per finished block: 2
 * sqrt(window) small products. Products are only ever extended from the left, never inverted: M may
 * be singular, and an inverse would amplify rounding without bound. A running scale with a sum of
 * increments, the usual shortcut, loses increments to rounding in the same way.
 */
final class CatchUp {
  /** Numbers per entry: M and N, row by row. */
  static final int ENTRY = 8;

  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private final int groups;
  private final int block;
  private final int shift;
  private final int window;
  private final double[] toBlockEnd;
  private final double[] toNow;
  private int now;
  private int blockStart;

  /**
   * No step yet.
   *
   * @param groups number of groups
   * @param block steps per block, a power of two; the window is its square
   */
  CatchUp(int groups, int block) {
    this.groups = groups;
    this.block = block;
    this.shift = Integer.numberOfTrailingZeros(block);
    this.window = block * block;
    toBlockEnd = new double[ENTRY * groups * (window + 1)];
    toNow = new double[ENTRY * groups * (block + 1)];
    rebase();
  }

  /** Steps since the base. */
  int now() {
    return now;
  }

  /** Whether every coordinate must be brought to now before the next step. */
  boolean isFull() {
    return now == window;
  }

  /** Begins anew: every coordinate is valid now. */
  void rebase() {
    now = 0;
    blockStart = 0;
    Arrays.fill(toBlockEnd, 0);
    Arrays.fill(toNow, 0);
    for (int k = 0; k < groups; k++) {
      one(toBlockEnd, sinceStep(k, 0));
      one(toNow, sinceBlock(k, 0));
    }
  }

  private int sinceStep(int group, int s) {
    return ENTRY * (group * (window + 1) + s);
  }

  private int sinceBlock(int group, int b) {
    return ENTRY * (group * (block + 1) + b);
  }

  private static void one(double[] products, int i) {
    products[i] = 1;
    products[i + 3] = 1;
    products[i + 4] = 1;
    products[i + 7] = 1;
  }

  /**
   * Brings a coordinate from step s to now.
   *
   * @param group its group
   * @param s steps since the base at which it is valid, at most now
   * @param from holds y, v, z, r
   * @param c where
   * @param to receives them as they are now; may be the same array and place
   * @param at where
   */
  void apply(int group, int s, double[] from, int c, double[] to, int at) {
    // always both, one of them often the unit matrix: how long ago s is cannot be guessed
    multiply(toBlockEnd, sinceStep(group, s), from, c, to, at);
    multiply(toNow, sinceBlock(group, s >> shift), to, at, to, at);
  }

  /**
   * Multiplies (y, v) by M and (z, r) by N. A pair of zeros stays one, even where a product of many
   * steps has overflowed.
   *
   * @param m holds M and N
   * @param i where
   * @param from holds y, v, z, r
   * @param c where
   * @param to receives them; may be the same array and place
   * @param at where
   */
  static void multiply(double[] m, int i, double[] from, int c, double[] to, int at) {
    double y = from[c];
    double v = from[c + 1];
    double z = from[c + 2];
    double r = from[c + 3];
    double y1 = m[i] * y + m[i + 1] * v;
    double v1 = m[i + 2] * y + m[i + 3] * v;
    double z1 = m[i + 4] * z + m[i + 5] * r;
    double r1 = m[i + 6] * z + m[i + 7] * r;
    if (!(Math.abs(y1) + Math.abs(v1) < INFINITE) && y == 0 && v == 0) {
      y1 = 0;
      v1 = 0;
    }
    if (!(Math.abs(z1) + Math.abs(r1) < INFINITE) && z == 0 && r == 0) {
      z1 = 0;
      r1 = 0;
    }
    to[at] = y1;
    to[at + 1] = v1;
    to[at + 2] = z1;
    to[at + 3] = r1;
  }

  /**
   * Appends a step.
   *
   * @param step M and N of every group
   */
  void push(double[] step) {
    int finished = blockStart / block;
    for (int k = 0; k < groups; k++) {
      int of = ENTRY * k;
      for (int s = blockStart; s < now; s++) {
        extend(step, of, toBlockEnd, sinceStep(k, s));
      }
      System.arraycopy(step, of, toBlockEnd, sinceStep(k, now), ENTRY);
      one(toBlockEnd, sinceStep(k, now + 1));
      for (int b = 0; b < finished; b++) {
        extend(step, of, toNow, sinceBlock(k, b));
      }
    }
    now++;
    if (now - blockStart == block) {
      blockStart = now;
      for (int k = 0; k < groups; k++) {
        one(toNow, sinceBlock(k, finished + 1));
      }
    }
  }

  private static void extend(double[] step, int of, double[] products, int i) {
    for (int half = 0; half < ENTRY; half += 4) {
      double a = products[i + half];
      double b = products[i + half + 1];
      double c = products[i + half + 2];
      double d = products[i + half + 3];
      double p = step[of + half];
      double q = step[of + half + 1];
      double s = step[of + half + 2];
      double t = step[of + half + 3];
      products[i + half] = p * a + q * c;
      products[i + half + 1] = p * b + q * d;
      products[i + half + 2] = s * a + t * c;
      products[i + half + 3] = s * b + t * d;
    }
  }

  void save(Solver.StateSink sink) {
    sink.doubles("catch-up-blocks", toBlockEnd, 0, toBlockEnd.length);
    sink.doubles("catch-up", toNow, 0, toNow.length);
    sink.longs("catch-up-steps", now);
  }

  /** Reads another one's state into this one. */
  void restore(Solver.StateSource source) {
    source.doubles("catch-up-blocks", toBlockEnd, 0, toBlockEnd.length);
    source.doubles("catch-up", toNow, 0, toNow.length);
    long[] steps = new long[1];
    source.longs("catch-up-steps", steps);
    if (steps[0] < 0 || steps[0] > window) {
      throw new IllegalArgumentException(
          "catch-up-steps must be in [0, " + window + "], but was " + steps[0]);
    }
    now = (int) steps[0];
    blockStart = now / block * block;
  }
}
