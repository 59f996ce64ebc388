package io.thalweg.watch;

/**
 * Which measure is due against a method that goes wrong: a step that cannot be taken is skipped;
 * after a few in a row, or when the loss has become worse for good, the steps are halved, next time
 * the best point so far is taken up again with half of them, and when that has happened too often
 * the run ends. A long time without trouble takes one back to the foot of the ladder, and doubles
 * halved steps; each halving doubles how long that is to be.
 *
 * <p>The loss is smoothed, l' = l' + a (l - l'), corrected for its start. It is worse when it lies
 * above the least so far by more than its {@code bound} over {@code patience} steps in a row (the
 * more it is above that of the best point, the fewer, down to a tenth), and the best point would
 * have done better by as much on the same samples. Where it would not, it is the stream that has
 * changed: the best point is worth what it has come to be worth, and where it would have done no
 * better at all, the present one takes its place.
 */
public final class Ladder {
  /** Losses beyond it are no figures: their squares would soon not be finite. */
  private static final double LARGEST = 1e100;

  /** Deviations of the smoothed loss that are no worsening. */
  private static final double NOISE = 4;

  /** Steps between two looks for a better point: taking it down costs a copy. */
  private static final int EVERY = 16;

  /** Weight heard from which the smoothed loss is one: about 1 / smoothing steps. */
  private static final double KNOWN = 0.6;

  /** How much sooner something is done about the worst of losses. */
  private static final double MOST_HASTE = 10;

  /** Doublings of the time to the foot of the ladder. */
  private static final int LONGEST = 20;

  private static final int SMOOTHED = 0;

  /** Sum of the weights in the smoothed loss. */
  private static final int HEARD = 1;

  private static final int VARIANCE = 2;
  private static final int BEST = 3;
  private static final int BOUND = 4;

  /** Losses of the present and of the best point since the alarm. */
  private static final int PRESENT_SUM = 5;

  private static final int BEST_SUM = 6;
  private static final int SCALE = 7;

  private static final int STEPS = 0;
  private static final int ALARM = 1;
  private static final int SKIPPED_IN_ROW = 2;
  private static final int RUNG = 3;
  private static final int GOOD = 4;
  private static final int WAITS = 5;
  private static final int SKIPPED = 6;
  private static final int HALVED = 7;
  private static final int ROLLED_BACK = 8;
  private static final int HAS_BEST = 9;
  private static final int BEST_STEP = 10;

  private final Rungs rungs;
  private final double[] now = new double[8];
  private final long[] counts = new long[11];

  /** What the last step was judged by; not kept. */
  private double heard = Double.NaN;

  private double against = Double.NaN;

  /** What is due. */
  public enum Measure {
    /** Nothing. */
    NONE,
    /** The present point is the best so far: note it. */
    NOTE,
    /** What was best counts no more: note the present point in its place. */
    RENEW,
    /** Go on with half the steps. */
    HALVE,
    /** Take the best point up again, with half the steps. */
    ROLL_BACK,
    /** Go on with twice the steps. */
    DOUBLE,
    /** Take the best point up again and end the run. */
    STOP
  }

  /**
   * How soon which measure is due.
   *
   * @param smoothing weight of the newest loss in the smoothed one, in (0, 1]
   * @param worsening share of the least loss that it may be above it, above 0
   * @param patience steps in a row that it must be above it, at least 1
   * @param skips steps skipped in a row before steps are halved, at least 1
   * @param rollbacks times that the best point is taken up again before the run ends, at least 0
   * @param recovery steps without trouble to the foot of the ladder, at least 1
   */
  public record Rungs(
      double smoothing, double worsening, int patience, int skips, int rollbacks, int recovery) {}

  /**
   * At the foot.
   *
   * @param rungs how soon which measure is due
   */
  public Ladder(Rungs rungs) {
    this.rungs = rungs;
    now[SCALE] = 1;
  }

  /**
   * Whether the next step's batch is to be judged at the present and at the best point.
   *
   * @return true while the smoothed loss is above its bound
   */
  public boolean isAlarmed() {
    return counts[ALARM] > 0;
  }

  /**
   * A step was refused.
   *
   * @return what is due
   */
  public Measure skipped() {
    counts[SKIPPED]++;
    counts[GOOD] = 0;
    if (++counts[SKIPPED_IN_ROW] < rungs.skips()) {
      return Measure.NONE;
    }
    return trouble();
  }

  /**
   * A step was taken.
   *
   * @param loss of its validation batch before it; NaN when none was heard
   * @param present the same where {@link #isAlarmed} asked for it, else not read
   * @param best of the best point on the same batch, where asked for, else not read
   * @return what is due
   */
  public Measure taken(double loss, double present, double best) {
    counts[SKIPPED_IN_ROW] = 0;
    counts[STEPS]++;
    boolean alarmed = isAlarmed();
    if (alarmed) {
      now[PRESENT_SUM] += present;
      now[BEST_SUM] += best;
    }
    if (!Double.isNaN(loss)) {
      hear(loss);
      heard = now[SMOOTHED];
      against = now[BEST];
      if (counts[HAS_BEST] == 1 && !(now[SMOOTHED] <= now[BEST] + now[BOUND])) {
        counts[GOOD] = 0;
        counts[ALARM]++;
        return isSure() ? judge() : Measure.NONE;
      }
    }
    calm();
    return better();
  }

  private void hear(double loss) {
    if (!(Math.abs(loss) <= LARGEST)) { // no use to go on averaging from there
      now[SMOOTHED] = Double.MAX_VALUE;
      now[HEARD] = 0;
      now[VARIANCE] = 0;
      return;
    }
    if (now[HEARD] == 0) {
      now[SMOOTHED] = 0;
    }
    double a = rungs.smoothing();
    now[HEARD] += a * (1 - now[HEARD]);
    double apart = loss - now[SMOOTHED];
    now[SMOOTHED] += a / now[HEARD] * apart;
    now[VARIANCE] += a / now[HEARD] * (apart * (loss - now[SMOOTHED]) - now[VARIANCE]);
    if (counts[HAS_BEST] == 0) { // heard at the point that was noted when there was none
      now[BEST] = loss;
      now[BOUND] = rungs.worsening() * Math.abs(loss);
      counts[HAS_BEST] = 1;
    }
  }

  private void calm() {
    counts[ALARM] = 0;
    now[PRESENT_SUM] = 0;
    now[BEST_SUM] = 0;
  }

  /** A loss that is many times its bound above that of the best point needs the less patience. */
  private boolean isSure() {
    double steps = counts[ALARM] - 1;
    double bounds = (now[PRESENT_SUM] - now[BEST_SUM]) / (steps * now[BOUND]);
    double haste = bounds < MOST_HASTE ? Math.max(1, bounds) : MOST_HASTE;
    return steps > 0 && steps * haste >= rungs.patience();
  }

  private Measure judge() {
    double steps = counts[ALARM] - 1; // the first of them was not asked to be judged
    double present = now[PRESENT_SUM] / steps;
    double best = now[BEST_SUM] / steps;
    calm();
    if (best < Double.POSITIVE_INFINITY && !(present <= best + now[BOUND])) {
      return trouble();
    }
    if (best < present) { // still the best, and this is what it is worth by now
      note(best);
      return Measure.NONE;
    }
    now[SMOOTHED] = Double.isFinite(present) ? present : Double.MAX_VALUE;
    note(now[SMOOTHED]);
    return Measure.RENEW;
  }

  private Measure better() {
    Measure again = rested();
    if (again != Measure.NONE) {
      return again;
    }
    if (now[HEARD] >= KNOWN && counts[STEPS] % EVERY == 0 && now[SMOOTHED] < now[BEST]) {
      note(now[SMOOTHED]);
      return Measure.NOTE;
    }
    return Measure.NONE;
  }

  private void note(double loss) {
    double a = rungs.smoothing();
    double noise = NOISE * Math.sqrt(now[VARIANCE] * a / (2 - a));
    now[BEST] = loss;
    now[BOUND] = Math.max(rungs.worsening() * Math.abs(loss), noise);
  }

  private Measure rested() {
    long wait = (long) rungs.recovery() << Math.min(LONGEST, counts[WAITS]);
    if (++counts[GOOD] < wait) {
      return Measure.NONE;
    }
    counts[GOOD] = 0;
    counts[RUNG] = 0;
    if (now[SCALE] < 1) {
      now[SCALE] *= 2;
      return Measure.DOUBLE;
    }
    return Measure.NONE;
  }

  private Measure trouble() {
    forget();
    counts[GOOD] = 0;
    counts[SKIPPED_IN_ROW] = 0;
    if (counts[RUNG] == 0) {
      counts[RUNG] = 1;
      halve();
      return Measure.HALVE;
    }
    counts[ROLLED_BACK]++;
    if (counts[RUNG] <= rungs.rollbacks()) {
      counts[RUNG]++;
      halve();
      return Measure.ROLL_BACK;
    }
    return Measure.STOP;
  }

  private void halve() {
    now[SCALE] /= 2;
    counts[HALVED]++;
    counts[WAITS]++;
  }

  /** What was heard before says nothing of what comes now. */
  private void forget() {
    calm();
    now[SMOOTHED] = 0;
    now[HEARD] = 0;
    now[VARIANCE] = 0;
  }

  /** The stream has changed: losses of before count no more, and the present point is the best. */
  public void restart() {
    forget();
    now[BEST] = 0;
    now[BOUND] = 0;
    counts[HAS_BEST] = 0;
  }

  /**
   * Notes when the best point was taken.
   *
   * @param step steps of the method
   */
  public void noted(long step) {
    counts[BEST_STEP] = step;
  }

  /**
   * Factor on the steps.
   *
   * @return 1, 1/2, 1/4, ...
   */
  public double scale() {
    return now[SCALE];
  }

  /**
   * The smoothed loss that the last step was judged by, whatever was forgotten since.
   *
   * @return NaN before the first one; not part of the state
   */
  public double heard() {
    return heard;
  }

  /**
   * The least smoothed loss that it was judged against.
   *
   * @return likewise
   */
  public double against() {
    return against;
  }

  /**
   * The smoothed loss. After a measure it begins anew with the next loss, and is that loss alone.
   *
   * @return NaN before the first one
   */
  public double smoothed() {
    return now[HEARD] > 0 ? now[SMOOTHED] : Double.NaN;
  }

  /**
   * The least smoothed loss.
   *
   * @return NaN before there is one
   */
  public double best() {
    return counts[HAS_BEST] == 1 ? now[BEST] : Double.NaN;
  }

  /**
   * When the best point was taken.
   *
   * @return steps of the method; 0 for the initial point
   */
  public long bestStep() {
    return counts[BEST_STEP];
  }

  /**
   * Steps skipped.
   *
   * @return since the job began
   */
  public long skips() {
    return counts[SKIPPED];
  }

  /**
   * Times that the steps were halved.
   *
   * @return since the job began
   */
  public long halvings() {
    return counts[HALVED];
  }

  /**
   * Times that the best point was taken up again.
   *
   * @return since the job began
   */
  public long rollbacks() {
    return counts[ROLLED_BACK];
  }

  /**
   * Hands out every array of its state, always the same names in the same order.
   *
   * @param slots hears of each
   */
  public void state(Slots slots) {
    slots.doubles("ladder", now);
    slots.longs("ladder-counts", counts);
  }
}
