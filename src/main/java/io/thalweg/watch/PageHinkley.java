package io.thalweg.watch;

/**
 * The test of Page and Hinkley for a mean that rises, on losses counted in standard deviations so
 * that its settings have no unit:
 *
 * <pre>
 * z = sqrt(n) (loss - m) / s, at most {@value #MOST} either way
 * S &lt;- S + z - tolerance;   L &lt;- min(L, S);   a drift when S - L &gt; threshold
 * </pre>
 *
 * with m the mean and s^2 the variance of one sample, both over the last {@value #WINDOW} steps or
 * so: a mean over all the past would lag behind a model that still learns. Nothing is judged in the
 * first {@value #LEAST} steps. Where losses are independent and normal, false alarms come after
 * (e^{2kb} - 2kb - 1) / (2 k^2) steps on the mean, with k = tolerance and b = threshold + 1.166
 * (Siegmund's approximation): 3.8 million with the defaults. A rise by d standard deviations of a
 * step is found after about threshold / (d - k) steps.
 *
 * <p>Page, Biometrika 41, 1954; Hinkley, Biometrika 58, 1971; with losses of a stream Gama,
 * Sebastiao and Rodrigues, Mach. Learn. 90, 2013.
 */
public final class PageHinkley implements DriftDetector {
  /** Rise, in standard deviations of a step, that is let pass. */
  public static final double TOLERANCE = 0.25;

  /** Sum of rises beyond it that is a drift. */
  public static final double THRESHOLD = 25;

  static final int LEAST = 30;
  static final int WINDOW = 1000;
  static final double MOST = 5;

  /** What equal losses may differ by. */
  private static final double ROUNDING = 1e-12;

  private static final int WEIGHT = 0;
  private static final int MEAN = 1;
  private static final int VARIANCE = 2;
  private static final int SUM = 3;
  private static final int LEAST_SUM = 4;

  /** Samples and summed losses since the least sum: what the loss has risen to, if it has. */
  private static final int RISEN_WEIGHT = 5;

  private static final int RISEN_SUM = 6;
  private static final int BEFORE = 7;
  private static final int AFTER = 8;

  private final double tolerance;
  private final double threshold;
  private final double[] now = new double[9];
  private final long[] steps = new long[1];

  /**
   * A detector that has heard nothing.
   *
   * @param tolerance rise that is let pass, in standard deviations of a step, at least 0
   * @param threshold sum of rises beyond it that is a drift, above 0
   */
  public PageHinkley(double tolerance, double threshold) {
    this.tolerance = tolerance;
    this.threshold = threshold;
  }

  @Override
  public boolean add(double loss, double samples) {
    boolean risen = steps[0] >= LEAST && judge(loss, samples);
    if (risen) {
      now[BEFORE] = now[MEAN];
      now[AFTER] = now[RISEN_SUM] / now[RISEN_WEIGHT];
      restart();
    } else {
      learn(loss, samples);
    }
    return risen;
  }

  private boolean judge(double loss, double samples) {
    double rise = loss - now[MEAN];
    double deviation = Math.sqrt(now[VARIANCE] / samples) + ROUNDING * Math.abs(now[MEAN]);
    double z = deviation > 0 ? rise / deviation : Math.signum(rise) * MOST;
    now[SUM] += Math.max(-MOST, Math.min(MOST, z)) - tolerance;
    now[RISEN_WEIGHT] += samples;
    now[RISEN_SUM] += samples * loss;
    if (now[SUM] <= now[LEAST_SUM]) {
      now[LEAST_SUM] = now[SUM];
      now[RISEN_WEIGHT] = 0;
      now[RISEN_SUM] = 0;
    }
    return now[SUM] - now[LEAST_SUM] > threshold;
  }

  private void learn(double loss, double samples) {
    steps[0]++;
    now[WEIGHT] += samples - now[WEIGHT] / WINDOW;
    double rise = loss - now[MEAN];
    now[MEAN] += samples / now[WEIGHT] * rise;
    if (steps[0] > 1) {
      double share = Math.max(1.0 / WINDOW, 1.0 / (steps[0] - 1));
      now[VARIANCE] += share * (samples * rise * (loss - now[MEAN]) - now[VARIANCE]);
    }
  }

  @Override
  public double before() {
    return now[BEFORE];
  }

  @Override
  public double after() {
    return now[AFTER];
  }

  @Override
  public void restart() {
    steps[0] = 0;
    for (int i = 0; i < BEFORE; i++) {
      now[i] = 0;
    }
  }

  @Override
  public void state(Slots slots) {
    slots.doubles("page-hinkley", now);
    slots.longs("page-hinkley-steps", steps);
  }
}
