package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much each record counts when it is learned: w = c u, by the class of its label and by where
 * it is from,
 *
 * <pre>
 * log scale   c_k = e^{t_k}                     simplex   c_k = K e^{t_k} / sum e^t
 * u = sigma(t_source + t_age log(1 + age))
 * </pre>
 *
 * All t are upper variables. Along the path of one tuned member, the probe, z_t = dy / dt is
 * carried forward with a diagonal Jacobian; with S = sum_j r_j a_j^2, c bounding the curvature, r =
 * r_j / (1 + c w S) the step that was taken and L the L2 weight, a record of loss slope l' gives
 *
 * <pre>
 * z &lt;- f z + dlog w/dt ((1 - d) pull / (1 + c w S) + d y' c w S / (1 + c w S))
 * y' = y + pull     pull = -r w l' a     d = min(1, r L)     f = (1 - d) max(0, 1 - r a^2 w l'')
 * t &lt;- clip(t + theta m / sqrt(q))      q &lt;- q + .001 (m^2 - q)
 * </pre>
 *
 * What a record that is judged says of a class weight is m = -l' a'z: the upper objective is the
 * loss of the next record, in which no class counts more than another, so that class weights move
 * where records that are learned come in other shares than those that are judged. Of a source
 * weight it says m = -P l' a'z with P the probability of its label, the slope of 1 - P: labels that
 * are flipped at random, whatever their share below a half, do not move the minimum of that loss
 * (Ghosh, Kumar and Sastry, AAAI 2017), so that a bad source cannot speak for itself. Trust follows
 * losses times u for the same reason.
 */
final class RecordWeights {
  private static final double FRESH = 0.001;
  private static final double FIRST_SQUARE = 1e-8;
  private static final double TINY = 1e-12;

  /** Sources begin near 1: sigma(2) is .88. */
  private static final double FIRST_ODDS = 2;

  private static final double MOST_ODDS = Portfolio.MOST_ODDS;

  private final RowModel model;
  private final WeightTuning settings;
  private final int classes;
  private final int sources;
  private final int outputs;
  private final double leastLog;
  private final double mostLog;
  private final boolean[] frozen;
  private final double[] t;
  private final double[] q;

  /** By upper variable, score and coordinate. */
  private final double[][][] z;

  /** Of the record at hand: dlog w / dt, what it counts, and its source alone. */
  private final double[] share;

  private final double[] classWeight;
  private double weight;
  private @Nullable Limits limits;
  private double ofSource;

  /** Weights that all begin alike. */
  RecordWeights(RowModel model, WeightTuning settings) {
    this.model = model;
    this.settings = settings;
    classes = settings.classes() ? model.classes() : 0;
    sources = settings.sources() ? model.sources() : 0;
    outputs = model.outputs();
    leastLog = StrictMath.log(settings.least());
    mostLog = StrictMath.log(settings.most());
    int count = classes + (sources > 0 ? sources + 1 : 0);
    int width = model.hasBias() ? model.features() + 1 : model.features();
    t = new double[count];
    Arrays.fill(t, classes, classes + sources, FIRST_ODDS);
    q = new double[count];
    Arrays.fill(q, FIRST_SQUARE);
    z = new double[count][outputs][width];
    share = new double[count];
    classWeight = new double[classes];
    frozen = new boolean[count];
    System.arraycopy(
        settings.frozenClasses(), 0, frozen, 0, Math.min(classes, settings.frozenClasses().length));
    System.arraycopy(
        settings.frozenSources(),
        0,
        frozen,
        classes,
        Math.min(count - classes, settings.frozenSources().length));
  }

  /** Looks up what a record counts. */
  void load(Batch batch, int row) {
    weight = 1;
    ofSource = 1;
    Arrays.fill(share, 0);
    if (classes > 0) {
      classWeights();
      int k = model.classOf(batch, row);
      weight = classWeight[k];
      if (settings.simplex()) {
        for (int i = 0; i < classes; i++) {
          share[i] = -classWeight[i] / classes;
        }
      }
      share[k] += 1;
    }
    if (sources > 0) {
      int source = classes + model.source(batch, row);
      double old = StrictMath.log1p(model.age(batch, row));
      int age = classes + sources;
      ofSource = sigma(t[source] + t[age] * old);
      weight *= ofSource;
      share[source] = 1 - ofSource;
      share[age] = (1 - ofSource) * old;
    }
  }

  private void classWeights() {
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      classWeight[k] = StrictMath.exp(t[k]);
      sum += classWeight[k];
    }
    if (settings.simplex()) {
      for (int k = 0; k < classes; k++) {
        classWeight[k] *= classes / sum;
      }
    }
  }

  private static double sigma(double s) {
    return 1 / (1 + StrictMath.exp(-s));
  }

  /** What the record at hand counts when it is learned. */
  double weight() {
    return weight;
  }

  /** What its source counts when members are judged by it. */
  double ofSource() {
    return ofSource;
  }

  /** Whether members are judged by some records more than by others. */
  boolean judges() {
    return sources > 0;
  }

  /** dlog w / dt of the record at hand. */
  double[] share() {
    return share;
  }

  double[][][] traces() {
    return z;
  }

  /**
   * Moves the upper variables by a record that was not learned yet.
   *
   * @param row the record
   * @param slopes of the probe's loss
   * @param probability that the probe gives to the label
   */
  void tune(Row row, double[] slopes, double probability) {
    for (int i = 0; i < t.length; i++) {
      if (frozen[i]) {
        continue;
      }
      double m = 0;
      for (int k = 0; k < outputs; k++) {
        m -= slopes[k] * row.dot(z[i][k]);
      }
      if (i >= classes) {
        m *= probability;
      }
      q[i] += FRESH * (m * m - q[i]);
      double moved = t[i] + settings.theta() * m / Math.sqrt(q[i] + TINY);
      double least = i < classes ? leastLog : -MOST_ODDS;
      double most = i < classes ? mostLog : MOST_ODDS;
      t[i] = Math.min(most, Math.max(least, moved));
    }
    if (limits != null) {
      limits.recordWeights().clamp(t);
    }
  }

  /** Keeps some of them within bounds from now on, null for none. */
  void limit(@Nullable Limits wanted) {
    limits = wanted;
    if (wanted != null) {
      wanted.recordWeights().clamp(t);
    }
  }

  /**
   * Puts them where they may be.
   *
   * @param to as {@link #log} tells them
   */
  void put(double[] to) {
    for (int i = 0; i < t.length; i++) {
      if (!frozen[i]) {
        double moved = isSource(i) ? oddsOf(to[i]) : to[i];
        double least = i < classes ? leastLog : -MOST_ODDS;
        double most = i < classes ? mostLog : MOST_ODDS;
        t[i] = Math.min(most, Math.max(least, moved));
      }
    }
    limit(limits);
  }

  private boolean isSource(int i) {
    return i >= classes && i < classes + sources;
  }

  /**
   * The log odds of which a weight is the probability.
   *
   * @param log the logarithm of the weight
   * @return infinite from a weight of 1 on
   */
  static double oddsOf(double log) {
    return log < 0 ? -StrictMath.log(StrictMath.expm1(-log)) : Double.POSITIVE_INFINITY;
  }

  /** Forgets the traces and how large hypergradients were; what was tuned stays. */
  void restart() {
    for (double[][] byOutput : z) {
      for (double[] trace : byOutput) {
        Arrays.fill(trace, 0);
      }
    }
    Arrays.fill(q, FIRST_SQUARE);
  }

  /** How many upper variables there are. */
  int count() {
    return t.length;
  }

  /** The logarithm of a weight: of a class, of a source at age 0, or what log(1 + age) changes. */
  double log(int i) {
    if (i < classes) {
      classWeights();
      return StrictMath.log(classWeight[i]);
    }
    return isSource(i) ? -StrictMath.log1p(StrictMath.exp(-t[i])) : t[i];
  }

  void state(Member.Slots sink) {
    sink.array("t", t);
    sink.array("q", q);
    for (int i = 0; i < z.length; i++) {
      for (int k = 0; k < outputs; k++) {
        sink.array("z." + i + "." + k, z[i][k]);
      }
    }
  }
}
