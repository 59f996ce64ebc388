package io.thalweg.linalg;

/**
 * The one generator of a run: SplitMix64 with uniforms of 53 bits and Gaussians by Box-Muller
 * through {@link StrictMath}. Its state is two words and a flag, so that a resumed run draws what
 * the whole run would have drawn, the kept Gaussian included.
 */
public final class SplitMix64 {
  private static final double UNIT = 0x1p-53;

  private long state;
  private double kept;
  private boolean hasKept;

  /**
   * A generator.
   *
   * @param seed start state
   */
  public SplitMix64(long seed) {
    state = seed;
  }

  /**
   * The next 64 bits.
   *
   * @return any long
   */
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * The next uniform number.
   *
   * @return multiple of 2^-53 in [0, 1)
   */
  public double uniform() {
    return (nextLong() >>> 11) * UNIT;
  }

  /**
   * The next standard Gaussian: radius sqrt(-2 ln(1 - u1)), the cosine value first, the sine value
   * kept for the next call.
   *
   * @return a draw from N(0, 1)
   */
  public double gaussian() {
    if (hasKept) {
      hasKept = false;
      return kept;
    }
    double u1 = uniform();
    double u2 = uniform();
    double radius = Math.sqrt(-2 * StrictMath.log(1 - u1));
    double angle = 2 * Math.PI * u2;
    kept = radius * StrictMath.sin(angle);
    hasKept = true;
    return radius * StrictMath.cos(angle);
  }

  /**
   * An index.
   *
   * @param n exclusive upper end, positive
   * @return floor(uniform n)
   */
  public int index(int n) {
    return (int) (uniform() * n);
  }

  /**
   * A point uniform in a ball: n Gaussians, then one uniform u, then radius u^(1/n) g / |g|.
   *
   * @param radius of the ball
   * @param out receives the point; its length is n
   */
  public void ball(double radius, double[] out) {
    gaussians(out);
    double u = uniform();
    rescale(radius * root(u, out.length), out);
  }

  /** u^(1/n), without StrictMath.pow, which allocates. */
  private static double root(double u, int n) {
    return switch (n) {
      case 1 -> u;
      case 2 -> Math.sqrt(u);
      default -> StrictMath.exp(StrictMath.log(u) / n);
    };
  }

  /**
   * A point uniform on a sphere: n Gaussians, rescaled.
   *
   * @param radius of the sphere
   * @param out receives the point; its length is n
   */
  public void sphere(double radius, double[] out) {
    gaussians(out);
    rescale(radius, out);
  }

  private void gaussians(double[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = gaussian();
    }
    // the sine value left over from an odd number of draws is dropped
    hasKept = false;
  }

  private static void rescale(double length, double[] out) {
    double norm = Kernels.norm2(out);
    for (int i = 0; i < out.length; i++) {
      out[i] = length * out[i] / norm;
    }
  }

  /**
   * Writes the state.
   *
   * @param words receives three words
   * @param at place of the first
   */
  public void save(long[] words, int at) {
    words[at] = state;
    words[at + 1] = hasKept ? 1 : 0;
    words[at + 2] = hasKept ? Double.doubleToRawLongBits(kept) : 0;
  }

  /**
   * Takes a state up again.
   *
   * @param words what {@link #save} wrote
   * @param at place of the first word
   */
  public void restore(long[] words, int at) {
    state = words[at];
    hasKept = words[at + 1] != 0;
    kept = hasKept ? Double.longBitsToDouble(words[at + 2]) : 0;
  }
}
