package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent whose step sizes, one for each weight, and L2 weights are the upper variable of
 * a bilevel problem: its lower level learns a record, its upper level asks how well the next one
 * was predicted. The hypergradient is carried forward along the path that was really taken, with a
 * diagonal Jacobian: h_j = dy_j / dlog r_j and z_j = dy_j / dlog L. Of a record with loss slope l'
 * and curvature l'' at the present weights,
 *
 * <pre>
 * tune    m = -l' a_j h_j     q_j &lt;- q_j + .001 (m^2 - q_j)     u = theta m / sqrt(q_j + 1e-12)
 *         r_j &lt;- clip(r_j (1 + u + u^2/2))                      and the same for L with m = -l' sum_j a_j z_j
 * learn   r = r_j / (1 + c (1 + damping waiting) sum_i r_i a_i^2)
 *         y' = y_j - r l' a_j      d = min(1, r L)      f = max(0, 1 - r a_j^2 l'')
 *         h_j &lt;- (1 - d)(f h_j - r l' a_j) - d y'
 *         z_j &lt;- (1 - d) f z_j - d y'
 *         y_j &lt;- (1 - d) y'
 * </pre>
 *
 * With {@link MemberTuning.Estimator#STORM} u goes along d &lt;- m + (1 - beta) (d - m') with m' =
 * -l'(a'y') a_j h'_j at the weights y' and traces h' before the last record was learned. They stand
 * for the hyperparameters before: what one record changes of the path that is behind is not carried
 * along, as in every method that takes one lower step at a time. L2 weights move by the plain m.
 *
 * <p>All this for the entries that the record holds; c bounds the curvature of the record's loss.
 * The step sizes are those of IDBD (Sutton, AAAI 1992) and Autostep (Mahmood and others, ICASSP
 * 2012) in their bilevel reading: normalised by the running size of the hypergradient, so that
 * theta is about the relative change of a step size by one record; 1 + u + u^2/2 stands for e^u, is
 * positive for every u, and needs no exponential. {@code waiting} records that were predicted and
 * have no label yet make the present weights old: damping shortens every step by so much.
 */
final class TunedMember extends Member {
  /** An estimate may be much larger than what single records say. */
  private static final double FARTHEST = 0.5;

  private final MemberTuning settings;
  private final @Nullable Frozen frozen;
  private @Nullable Limits limits;
  private final double[][] h;
  private final double[][] step;
  private final double[][] q;
  private final double[][] z;
  private final Penalties penalties;

  /** Running estimate of the hypergradient; of length 0 for plain ones. */
  private final double[][] mean;

  /** Weights and traces before the last record was learned, where its entries are concerned. */
  private final double[][] yBefore;

  private final double[][] hBefore;

  /** For sparse rows: which record that was, so that entries it did not hold are as they are. */
  private double[] changedBy = new double[0];

  /** Records learned, as a number that {@link #changedBy} holds. */
  private final double[] learned = new double[1];

  /** Records judged. */
  private final long[] records = new long[1];

  /** Of the record's squares with the step sizes; scratch. */
  private final double[] lengths;

  /** Of the entries of a dense row; scratch. */
  private final double[] pulls;

  private final double[] kept;
  private final double[] faded;

  /**
   * A member at its first steps.
   *
   * @param name how it is called
   * @param prior share of trust before any record
   * @param model the shape of what it learns
   * @param settings how it is tuned
   * @param least lower bound of each L2 weight
   * @param most upper bound of each L2 weight
   * @param frozen which of them stay as they begin, null for none
   */
  TunedMember(
      String name,
      double prior,
      RowModel model,
      MemberTuning settings,
      double[] least,
      double[] most,
      @Nullable Frozen frozen) {
    super(name, prior, model);
    this.frozen = frozen;
    this.settings = settings;
    h = filled(0);
    step = filled(settings.start());
    q = filled(Autostep.FIRST_SQUARE);
    z = filled(0);
    mean = settings.smooths() ? filled(0) : new double[outputs][0];
    yBefore = settings.compares() ? filled(0) : new double[outputs][0];
    hBefore = settings.compares() ? filled(0) : new double[outputs][0];
    if (settings.compares()) {
      changedBy = new double[width];
    }
    penalties = new Penalties(model, settings, least, most);
    lengths = new double[outputs];
    pulls = new double[width];
    kept = new double[width];
    faded = new double[width];
  }

  /** The one L2 weight asks for a'z_k; z of the constant feature stays 0. */
  @Override
  double[][] along() {
    return penalties.isOne() ? z : super.along();
  }

  @Override
  void alongs(double[] products, int at) {
    if (penalties.isOne()) {
      penalties.products(products, at);
    }
  }

  @Override
  double[][] steps() {
    return step;
  }

  @Override
  void lengths(double[] products, int at) {
    for (int k = 0; k < outputs; k++) {
      lengths[k] = products[at + k];
    }
  }

  /** By the step sizes, and by each L2 weight of its own. */
  @Override
  int sumLoops() {
    return penalties.areTunedApart() ? 2 : 1;
  }

  /**
   * The step sizes, each L2 weight of its own, the length of the step, and the step: one loop over
   * a sparse row, three over a dense one. With STORM what is about to change is kept, and the
   * record scored by it.
   */
  @Override
  int learnLoops(boolean sparse) {
    return (penalties.areTunedApart() ? 2 : 1)
        + 1
        + (sparse ? 1 : 3)
        + (settings.compares() ? 2 : 0);
  }

  @Override
  void addHypergradient(
      Row row, double[] slopes, double weight, double[] sumByPenalty, double[] sumByStep) {
    for (int k = 0; k < outputs; k++) {
      double factor = weight * slopes[k];
      penalties.add(row, k, factor, z[k], sumByPenalty);
      if (outputs == 1 && !row.sparse()) {
        Autostep.add(row.length(), row.value(), h[k], factor, sumByStep);
      } else {
        addByEntry(row, k, factor, sumByStep);
      }
    }
  }

  private void addByEntry(Row row, int k, double factor, double[] sum) {
    double[] a = row.value();
    double[] trace = h[k];
    int[] index = row.index();
    boolean sparse = row.sparse();
    int n = row.length();
    for (int e = 0; e < n; e++) {
      int j = sparse ? index[e] : e;
      sum[j * outputs + k] += factor * a[e] * trace[j];
    }
  }

  @Override
  boolean compares() {
    return settings.compares();
  }

  @Override
  void scoresBefore(Row row, double[] out) {
    for (int k = 0; k < outputs; k++) {
      if (row.sparse()) {
        double sum = 0;
        for (int e = 0; e < row.length(); e++) {
          int j = row.index()[e];
          sum += row.value()[e] * (isBefore(j) ? yBefore[k][j] : y[k][j]);
        }
        out[k] = sum;
      } else {
        out[k] = row.dot(learned[0] > 0 ? yBefore[k] : y[k]);
      }
    }
  }

  /** Whether the last record moved an entry. */
  private boolean isBefore(int j) {
    return learned[0] > 0 && changedBy[j] == learned[0];
  }

  @Override
  void tune(Row row, double[] slopes, double[] before) {
    penalties.tune(row, slopes, z, records[0] % Autostep.BOUNDS_EVERY == 0);
    for (int k = 0; k < outputs; k++) {
      compared(row, k, -slopes[k], -before[k]);
    }
    records[0]++;
    if (frozen != null) {
      putBack(frozen, row);
    }
    if (limits != null) {
      keepTo(limits);
    }
  }

  @Override
  boolean tunes() {
    return true;
  }

  @Override
  void limit(@Nullable Limits wanted) {
    limits = wanted;
    if (wanted != null) {
      keepTo(wanted);
    }
  }

  private void keepTo(Limits wanted) {
    Limits.Ends steps = wanted.steps();
    for (int i = 0; i < steps.size(); i++) {
      double[] vector = step[steps.at()[i] % outputs];
      int j = steps.at()[i] / outputs;
      vector[j] = steps.nearest(i, vector[j]);
    }
    wanted.penalties().clamp(penalties.weights);
  }

  @Override
  void put(double[] steps, double[] l2) {
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < width; j++) {
        step[k][j] = steps[j * outputs + k];
      }
      bound(step[k]);
    }
    penalties.put(l2);
    keepToAll();
  }

  @Override
  void scaleSteps(double factor) {
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < width; j++) {
        step[k][j] *= factor;
      }
      bound(step[k]);
    }
    keepToAll();
  }

  /** After a change from outside: what is frozen is where it began, the rest within its bounds. */
  private void keepToAll() {
    if (frozen != null) {
      for (int e = 0; e < width * outputs; e++) {
        if (frozen.steps()[e]) {
          step[e % outputs][e / outputs] = settings.start();
        }
      }
      penalties.putBack(frozen.penalties());
    }
    if (limits != null) {
      keepTo(limits);
    }
  }

  /** What is frozen stays where it began. */
  private void putBack(Frozen still, Row row) {
    for (int e = 0; e < row.length(); e++) {
      int j = row.sparse() ? row.index()[e] : e;
      for (int k = 0; k < outputs; k++) {
        if (still.steps()[j * outputs + k]) {
          step[k][j] = settings.start();
        }
        int g = e < row.penalised() ? penalties.groupOf[j * outputs + k] : -1;
        if (g >= 0 && still.penalties()[g]) {
          penalties.putBack(g);
        }
      }
    }
  }

  /** Along the STORM estimate; entries not in the record keep theirs. */
  private void compared(Row row, int k, double slope, double before) {
    double[] a = row.value();
    int[] index = row.index();
    for (int e = 0; e < row.length(); e++) {
      if (a[e] != 0) {
        int j = row.sparse() ? index[e] : e;
        double m = slope * a[e] * h[k][j];
        double then = row.sparse() && !isBefore(j) ? h[k][j] : hBefore[k][j];
        mean[k][j] = m + (1 - settings.beta()) * (mean[k][j] - before * a[e] * then);
        move(step[k], q[k], j, m, mean[k][j]);
      }
    }
  }

  /** Keeps what the record at hand is about to change. */
  private void keep(Row row) {
    learned[0]++;
    for (int k = 0; k < outputs; k++) {
      if (row.sparse()) {
        for (int e = 0; e < row.length(); e++) {
          int j = row.index()[e];
          yBefore[k][j] = y[k][j];
          hBefore[k][j] = h[k][j];
          changedBy[j] = learned[0];
        }
      } else {
        System.arraycopy(y[k], 0, yBefore[k], 0, width);
        System.arraycopy(h[k], 0, hBefore[k], 0, width);
      }
    }
  }

  @Override
  void tune(Row row, double[] slopes) {
    penalties.tune(row, slopes, z, records[0] % Autostep.BOUNDS_EVERY == 0);
    for (int k = 0; k < outputs; k++) {
      if (settings.smooths()) {
        smoothed(row, k, -slopes[k]);
      } else if (row.sparse()) {
        sparse(row, step[k], h[k], q[k], -slopes[k]);
      } else {
        Autostep.dense(
            row.length(),
            row.value(),
            row.present(),
            step[k],
            h[k],
            q[k],
            -slopes[k],
            settings.theta());
        if (records[0] % Autostep.BOUNDS_EVERY == 0) {
          bound(step[k]);
        }
      }
    }
    records[0]++;
    if (frozen != null) {
      putBack(frozen, row);
    }
    if (limits != null) {
      keepTo(limits);
    }
  }

  private void bound(double[] step) {
    for (int j = 0; j < step.length; j++) {
      step[j] = Math.min(settings.mostStep(), Math.max(settings.leastStep(), step[j]));
    }
  }

  private void sparse(Row row, double[] step, double[] h, double[] q, double slope) {
    double[] a = row.value();
    int[] index = row.index();
    for (int e = 0; e < row.length(); e++) {
      if (a[e] != 0) {
        int j = index[e];
        double m = slope * a[e] * h[j];
        move(step, q, j, m, m);
      }
    }
  }

  /** Along the running mean of the hypergradient; entries not in the record keep theirs. */
  private void smoothed(Row row, int k, double slope) {
    double[] a = row.value();
    int[] index = row.index();
    for (int e = 0; e < row.length(); e++) {
      if (a[e] != 0) {
        int j = row.sparse() ? index[e] : e;
        double m = slope * a[e] * h[k][j];
        mean[k][j] += settings.beta() * (m - mean[k][j]);
        move(step[k], q[k], j, m, mean[k][j]);
      }
    }
  }

  private void move(double[] step, double[] q, int j, double m, double along) {
    q[j] = Autostep.square(q[j], m);
    double far = Autostep.relative(settings.theta(), along, q[j]);
    double u = Math.min(FARTHEST, Math.max(-FARTHEST, far));
    double moved = Autostep.moved(step[j], u);
    step[j] = Math.min(settings.mostStep(), Math.max(settings.leastStep(), moved));
  }

  @Override
  void learn(Row row, double[] slopes, double[] curvatures, double bound, double waiting) {
    if (settings.compares()) {
      keep(row);
    }
    double stiffness = bound * (1 + settings.damping() * waiting);
    for (int k = 0; k < outputs; k++) {
      double shorter = 1 / (1 + stiffness * lengths[k]);
      if (row.sparse()) {
        learnEntries(row, k, -slopes[k], curvatures[k], shorter);
      } else {
        learnDense(row, k, -slopes[k], curvatures[k], shorter);
      }
    }
  }

  /**
   * Carries the derivatives of the weights by what the record at hand counts forward; to be called
   * before it is learned, with the same arguments.
   *
   * @param z one trace for every upper variable, by score and coordinate
   * @param share dlog w / dt of the record, for every upper variable
   */
  void carry(
      Row row,
      double[] slopes,
      double[] curvatures,
      double bound,
      double waiting,
      double[][][] z,
      double[] share) {
    double stiffness = bound * (1 + settings.damping() * waiting);
    double[] l2 = penalties.weights;
    int[] groupOf = penalties.groupOf;
    for (int k = 0; k < outputs; k++) {
      double shorter = 1 / (1 + stiffness * lengths[k]);
      for (int e = 0; e < row.length(); e++) {
        double a = row.value()[e];
        if (a != 0) {
          int j = row.sparse() ? row.index()[e] : e;
          double r = step[k][j] * shorter;
          double pull = -r * slopes[k] * a;
          double decay = e < row.penalised() ? r * l2[groupOf[j * outputs + k]] : 0;
          double left = Math.max(0, 1 - decay);
          double f = left * Math.max(0, 1 - r * row.square()[e] * curvatures[k]);
          // a larger w shortens the step of all entries, and with it the decay
          double less = left > 0 ? (y[k][j] + pull) * decay * (1 - shorter) : 0;
          double change = left * pull * shorter + less;
          for (int i = 0; i < z.length; i++) {
            z[i][k][j] = f * z[i][k][j] + share[i] * change;
          }
        }
      }
    }
  }

  private void learnDense(Row row, int k, double slope, double curvature, double shorter) {
    int penalised = row.penalised();
    double[] l2 = penalties.byEntry(k, penalised);
    pull(penalised, row.value(), row.present(), step[k], slope, l2, shorter, pulls, kept);
    fade(penalised, row.square(), step[k], curvature, shorter, kept, faded);
    learn(penalised, y[k], h[k], z[k], pulls, kept, faded);
    for (int j = penalised; j < row.length(); j++) {
      free(k, j, slope * row.value()[j], row.square()[j] * curvature, shorter);
    }
  }

  /**
   * Where a record pulls each weight, and what the penalty leaves of it; max(0, v) is (v + |v|) /
   * 2, which does not keep a plain loop from going several entries at a time.
   */
  private static void pull(
      int n,
      double[] a,
      double[] present,
      double[] steps,
      double slope,
      double[] penalty,
      double shorter,
      double[] pulls,
      double[] keeps) {
    for (int j = 0; j < n; j++) {
      double r = steps[j] * shorter;
      double left = 1 - r * penalty[j] * present[j];
      pulls[j] = r * slope * a[j];
      keeps[j] = 0.5 * (left + Math.abs(left));
    }
  }

  /** What is left of the traces. */
  private static void fade(
      int n,
      double[] square,
      double[] steps,
      double curvature,
      double shorter,
      double[] keeps,
      double[] fades) {
    for (int j = 0; j < n; j++) {
      double bend = 1 - steps[j] * shorter * square[j] * curvature;
      fades[j] = keeps[j] * (0.5 * (bend + Math.abs(bend)));
    }
  }

  /**
   * Moves the weights and traces. One loop with {@link #pull} and {@link #fade} would be so long
   * that the JVM takes its entries one by one.
   */
  private static void learn(
      int n,
      double[] weights,
      double[] byStep,
      double[] byPenalty,
      double[] pulls,
      double[] keeps,
      double[] fades) {
    for (int j = 0; j < n; j++) {
      double kept = keeps[j];
      double pull = pulls[j];
      double f = fades[j];
      double moved = weights[j] + pull;
      double decayed = (1 - kept) * moved;
      double step = f * byStep[j] + kept * pull - decayed;
      double penalty = f * byPenalty[j] - decayed;
      byStep[j] = step;
      byPenalty[j] = penalty;
      weights[j] = kept * moved;
    }
  }

  private void learnEntries(Row row, int k, double slope, double curvature, double shorter) {
    double[] a = row.value();
    double[] square = row.square();
    int[] index = row.index();
    int penalised = row.penalised();
    double[] l2 = penalties.weights;
    int[] groupOf = penalties.groupOf;
    for (int e = 0; e < row.length(); e++) {
      int j = row.sparse() ? index[e] : e;
      if (e >= penalised) {
        free(k, j, slope * a[e], square[e] * curvature, shorter);
      } else if (a[e] != 0) {
        double r = step[k][j] * shorter;
        double pull = r * slope * a[e];
        double moved = y[k][j] + pull;
        double left = 1 - r * l2[groupOf[j * outputs + k]];
        double kept = 0.5 * (left + Math.abs(left));
        double decayed = (1 - kept) * moved;
        double bend = 1 - r * square[e] * curvature;
        double f = kept * (0.5 * (bend + Math.abs(bend)));
        h[k][j] = f * h[k][j] + kept * pull - decayed;
        z[k][j] = f * z[k][j] - decayed;
        y[k][j] = kept * moved;
      }
    }
  }

  /** The constant feature: no penalty. */
  private void free(int k, int j, double slope, double curvature, double shorter) {
    double r = step[k][j] * shorter;
    h[k][j] = Math.max(0, 1 - r * curvature) * h[k][j] + r * slope;
    y[k][j] += r * slope;
  }

  @Override
  void restart() {
    fill(h, 0);
    fill(hBefore, 0);
    fill(z, 0);
    fill(mean, 0);
    fill(q, Autostep.FIRST_SQUARE);
    penalties.restart();
  }

  private static void fill(double[][] vectors, double value) {
    for (double[] vector : vectors) {
      Arrays.fill(vector, value);
    }
  }

  @Override
  double step(int output, int coordinate) {
    // the bounds are seen to every few records
    return Math.min(settings.mostStep(), Math.max(settings.leastStep(), step[output][coordinate]));
  }

  @Override
  double penalty(int group) {
    return penalties.weights[group];
  }

  @Override
  double hypergradientNorm() {
    double sum = 0;
    for (double[] vector : q) {
      for (double square : vector) {
        sum += square;
      }
    }
    return Math.sqrt(penalties.addSquares(sum));
  }

  @Override
  void state(Slots sink) {
    super.state(sink);
    each("step", step, sink);
    each("h", h, sink);
    each("q", q, sink);
    each("z", z, sink);
    if (settings.smooths()) {
      each("mean", mean, sink);
    }
    if (settings.compares()) {
      each("y-before", yBefore, sink);
      each("h-before", hBefore, sink);
      sink.array("changed-by", changedBy);
      sink.array("learned", learned);
    }
    penalties.state(sink);
    sink.counts("records", records);
  }
}
