package io.thalweg.portfolio;

/**
 * Tells which positive numbers of a stream stand far above most of them: those more than a hundred
 * times a running quantile,
 *
 * <pre>
 * s &lt;- s + .05 (1{log v &gt; s} - above)      v stands apart where log v &gt; s + log 100
 * </pre>
 *
 * In the long run no more than the share {@code above} of the numbers lies above e^s, so no more
 * are turned away, however the stream is distributed. Where more stood apart of late, it is the
 * stream that has changed its scale: all pass until the quantile has followed. The first twenty
 * pass.
 */
final class Gate {
  private static final double FAR = StrictMath.log(100);
  private static final double STEP = 0.05;

  /** How fast the quantile's first steps shrink. */
  private static final double FIRST = 0.1;

  private static final int BURN_IN = 20;

  /** Share of the newest number in the mean of what stands apart. */
  private static final double QUICK = 0.01;

  private final double above;

  /** s, and the running share of what stands apart. */
  private final double[] level = new double[2];

  private final long[] seen = new long[1];

  /**
   * A gate that has seen nothing.
   *
   * @param above share of the numbers that lies above the quantile, in (0, 1)
   */
  Gate(double above) {
    this.above = above;
  }

  /** Takes in a number; false where it stands apart. One that is not positive tells nothing. */
  boolean passes(double v) {
    if (!(v > 0)) {
      return true;
    }
    double log = StrictMath.log(v);
    long n = seen[0]++;
    if (n == 0) {
      level[0] = log;
      return true;
    }
    boolean near = n < BURN_IN || log <= level[0] + FAR;
    double step = Math.max(STEP, 1 / (1 + FIRST * n));
    level[0] += step * ((log > level[0] ? 1 : 0) - above);
    level[1] += QUICK * ((near ? 0 : 1) - level[1]);
    return near || level[1] > above;
  }

  void state(String name, Member.Slots sink) {
    sink.array(name + "-quantile", level);
    sink.counts(name + "-seen", seen);
  }
}
