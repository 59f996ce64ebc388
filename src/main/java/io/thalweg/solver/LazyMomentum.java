package io.thalweg.solver;

import io.thalweg.estimator.Estimator;
import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.LinearModel;
import io.thalweg.sample.Batch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@link MomentumRecipe} with {@code linear-system} on sparse rows, at a cost that
 * grows with the entries of the batches and not with the length q of the model. In one step
 *
 * <pre>
 * y' = y - lambda eta v                      z' = s (z - rho eta r)
 * v' = keep v + fresh (e' o y' + G') - back (e o y + G)
 * r' = keep r + fresh (e' o z' + K') - back (e o z + K)
 * w_k' = keep w_k - fresh e_k'' sum_{j in k} y_j' z_j' + back e_k' sum_{j in k} y_j z_j
 * </pre>
 *
 * where G and K are sums over rows, s is the shrinkage of the ball, and keep, fresh and back are
 * those of the estimator. Outside of the rows G and K are 0, so the pairs (y_j, v_j) and (z_j, r_j)
 * are multiplied by matrices that all coordinates of a group share: {@link CatchUp} keeps their
 * products, {@link PairSums} follows the sums. The margins at the new point come from those at the
 * old one, a'y' = a'y - lambda eta a'v, so both points of STORM cost one reading of the rows.
 *
 * <p>The arithmetic is that of the dense form up to rounding; it is no approximation. A refused
 * step is undone from notes of the coordinates it touched.
 */
final class LazyMomentum implements Solver {
  /** Groups beyond which the tables of a step would cost more than its rows. */
  static final int MOST_GROUPS = 64;

  private final LinearModel model;
  private final Constraint constraint;
  private final Averaging averaging;
  private final MomentumSettings settings;
  private final double rho;
  private final double radius;
  private final int groups;

  private LazyCoordinates coordinates;
  private Small now;
  private Small spare;

  private final double[] step;
  private final double[] biasStep = new double[CatchUp.ENTRY];
  private final double[] e;
  private final double[] slope;
  private final double[] nextE;
  private final double[] nextSlope;
  private final Rows lower = new Rows();
  private final Rows upper = new Rows();
  private final StepFigures figures = new StepFigures();

  /** What is short: upper variable, its direction, sums, counters. Two of it, swapped by a step. */
  private static final class Small {
    private final double[] x;
    private final double[] w;
    private final double[] sums;
    private long t;
    private long ballActive;
    private long constraintActive;

    Small(int groups) {
      x = new double[groups];
      w = new double[groups];
      sums = new double[PairSums.COUNT * groups];
    }

    void copyTo(Small other) {
      Kernels.copy(x, other.x);
      Kernels.copy(w, other.w);
      Kernels.copy(sums, other.sums);
      other.t = t;
      other.ballActive = ballActive;
      other.constraintActive = constraintActive;
    }
  }

  /** Numbers per row of a batch. */
  private static final class Rows {
    private double[] y = new double[0];
    private double[] v = new double[0];
    private double[] z = new double[0];
    private double[] r = new double[0];
    private double[] margin = new double[0];
    private double[] first = new double[0];
    private double[] second = new double[0];
    private double[] toV = new double[0];
    private double[] toR = new double[0];

    void fit(int rows) {
      if (y.length < rows) {
        y = new double[rows];
        v = new double[rows];
        z = new double[rows];
        r = new double[rows];
        margin = new double[rows];
        first = new double[rows];
        second = new double[rows];
        toV = new double[rows];
        toR = new double[rows];
      }
    }
  }

  LazyMomentum(
      LinearModel model,
      Constraint constraint,
      Averaging averaging,
      MomentumSettings settings,
      Hypergradients.LinearSystem system,
      double[] x1,
      double[] y1) {
    this.model = model;
    this.constraint = constraint;
    this.averaging = averaging;
    this.settings = settings;
    this.rho = system.rho();
    this.radius = system.radius();
    this.groups = model.groups();
    coordinates = fresh();
    now = new Small(groups);
    spare = new Small(groups);
    step = new double[CatchUp.ENTRY * groups];
    e = new double[groups];
    slope = new double[groups];
    nextE = new double[groups];
    nextSlope = new double[groups];
    Kernels.copy(x1, now.x);
    for (int j = 0; j < y1.length; j++) {
      coordinates.cells[LazyCoordinates.CELL * j] = y1[j];
    }
    coordinates.sum(now.sums);
  }

  private LazyCoordinates fresh() {
    return new LazyCoordinates(model.features(), model.hasBias(), groups, model.groupOf());
  }

  @Override
  public int upperDim() {
    return groups;
  }

  @Override
  public int lowerDim() {
    return coordinates.length();
  }

  @Override
  public Consumption next() {
    return Consumption.ONE_OF_EACH;
  }

  @Override
  public StepFigures figures() {
    return figures;
  }

  @Override
  public Verdict step(StepInput input) {
    SteppingSolver.check(next(), input);
    figures.clear();
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    now.copyTo(spare);
    coordinates.begin();
    read(zeta, lower, true);
    read(xi, upper, false);
    model.score(zeta, lower.y, figures.scores());
    if (now.t == 0) {
      start(zeta, xi);
    } else {
      move(zeta, xi);
    }
    String trouble = trouble();
    if (trouble != null) {
      coordinates.undo();
      standStill(zeta, xi);
      return new Verdict.Refused(trouble);
    }
    coordinates.end(step, spare.sums);
    spare.t++;
    Small old = now;
    now = spare;
    spare = old;
    return Verdict.Advanced.INSTANCE;
  }

  /** a'y, a'v, a'z and a'r of every row at the point the step starts from. */
  private void read(Batch batch, Rows rows, boolean products) {
    int size = batch.size();
    rows.fit(size);
    int[] rowStart = batch.rowStart();
    int[] index = batch.index();
    double[] value = batch.value();
    double[] cells = coordinates.cells;
    boolean bias = model.hasBias();
    int b = coordinates.biasAt();
    coordinates.touch(index, rowStart[0], rowStart[size]);
    for (int i = 0; i < size; i++) {
      double y = bias ? cells[b] : 0;
      double v = bias ? cells[b + 1] : 0;
      double z = bias ? cells[b + 2] : 0;
      double r = bias ? cells[b + 3] : 0;
      int to = rowStart[i + 1];
      if (products) {
        for (int k = rowStart[i]; k < to; k++) {
          int c = LazyCoordinates.CELL * index[k];
          double a = value[k];
          y += a * cells[c];
          v += a * cells[c + 1];
          z += a * cells[c + 2];
          r += a * cells[c + 3];
        }
        rows.z[i] = z;
        rows.r[i] = r;
      } else {
        for (int k = rowStart[i]; k < to; k++) {
          int c = LazyCoordinates.CELL * index[k];
          double a = value[k];
          y += a * cells[c];
          v += a * cells[c + 1];
        }
      }
      rows.y[i] = y;
      rows.v[i] = v;
    }
  }

  /** Step 1: the directions at the initial point, z = 0. */
  private void start(Batch zeta, Batch xi) {
    model.penalties(now.x, e, slope);
    model.penalties(now.x, nextE, nextSlope);
    go(zeta, xi, 0, 0, 1, AT_ONCE);
  }

  /** What is kept, fresh and back for v and r, and for w. */
  private static final double[] AT_ONCE = {0, 1, 0, 0, 1, 0, 0, 1, 0};

  private final double[] weights = new double[9];

  private void move(Batch zeta, Batch xi) {
    double eta = settings.eta().at(now.t);
    double gamma = settings.gamma();
    double[] x = spare.x;
    Kernels.add(now.x, -gamma, now.w, x);
    if (constraint.project(x)) {
      spare.constraintActive++;
    }
    for (int k = 0; k < groups; k++) {
      x[k] = now.x[k] + eta * (x[k] - now.x[k]);
    }
    model.penalties(now.x, e, slope);
    model.penalties(x, nextE, nextSlope);
    Estimator estimator = averaging.estimator();
    double scale = averaging.scale(eta);
    for (int i = 0; i < 3; i++) { // w, v, r
      double a = Estimator.weight(settings.c()[i], scale);
      weights[3 * i] = estimator.keep(a);
      weights[3 * i + 1] = estimator.fresh(a);
      weights[3 * i + 2] = estimator.back(a);
    }
    double ly = settings.lambda() * eta;
    double lz = rho * eta;
    go(zeta, xi, ly, lz, shrinkage(lz), weights);
  }

  /** The factor that brings z - lz r back into the ball. */
  private double shrinkage(double lz) {
    if (radius == Double.POSITIVE_INFINITY) {
      return 1;
    }
    double square = 0;
    for (int k = 0; k < groups; k++) {
      int at = PairSums.COUNT * k;
      square +=
          now.sums[at + PairSums.ZZ]
              - 2 * lz * now.sums[at + PairSums.ZR]
              + lz * lz * now.sums[at + PairSums.RR];
    }
    if (model.hasBias()) {
      int b = coordinates.biasAt();
      double z = coordinates.cells[b + 2] - lz * coordinates.cells[b + 3];
      square += z * z;
    }
    double norm = Math.sqrt(Math.max(0, square));
    if (norm <= radius) {
      return 1;
    }
    spare.ballActive++;
    return radius / norm;
  }

  /**
   * The step itself.
   *
   * @param ly what v is multiplied with
   * @param lz what r is multiplied with
   * @param s shrinkage of z
   * @param c keep, fresh and back of w, of v and of r
   */
  private void go(Batch zeta, Batch xi, double ly, double lz, double s, double[] c) {
    for (int k = 0; k < groups; k++) {
      transition(e[k], nextE[k], ly, lz, s, c, step, CatchUp.ENTRY * k);
    }
    double f = upperRows(xi, ly, c);
    double g = lowerRows(zeta, ly, lz, s, c);
    for (int k = 0; k < groups; k++) {
      PairSums.advance(now.sums, PairSums.COUNT * k, step, CatchUp.ENTRY * k, spare.sums);
    }
    coordinates.advance(step, spare.sums);
    if (model.hasBias()) {
      transition(0, 0, ly, lz, s, c, biasStep, 0);
      coordinates.advanceBias(biasStep);
    }
    scatter(zeta, lower, true);
    scatter(xi, upper, false);
    coordinates.settle(spare.sums);
    double penalty = 0;
    for (int k = 0; k < groups; k++) {
      int at = PairSums.COUNT * k;
      spare.w[k] =
          c[0] * now.w[k]
              - c[1] * nextSlope[k] * spare.sums[at + PairSums.YZ]
              + c[2] * slope[k] * now.sums[at + PairSums.YZ];
      penalty += nextE[k] * spare.sums[at + PairSums.YY];
    }
    figures.losses(f, g + 0.5 * penalty);
  }

  /** M and N of a group between two points with penalty weights e0 and e1. */
  private static void transition(
      double e0, double e1, double ly, double lz, double s, double[] c, double[] out, int at) {
    out[at] = 1;
    out[at + 1] = -ly;
    out[at + 2] = c[4] * e1 - c[5] * e0;
    out[at + 3] = c[3] - c[4] * e1 * ly;
    out[at + 4] = s;
    out[at + 5] = -s * lz;
    out[at + 6] = c[7] * e1 * s - c[8] * e0;
    out[at + 7] = c[6] - c[7] * e1 * s * lz;
  }

  /** What each upper row adds to r: r averages H z - fy. Returns f at the new point. */
  private double upperRows(Batch xi, double ly, double[] c) {
    int size = xi.size();
    double share = 1.0 / size;
    Arrays.fill(upper.toR, 0, size, 0);
    if (c[8] != 0) {
      model.losses(xi, upper.y, upper.first, upper.second);
      for (int i = 0; i < size; i++) {
        upper.toR[i] = share * c[8] * upper.first[i];
      }
    }
    for (int i = 0; i < size; i++) {
      upper.margin[i] = upper.y[i] - ly * upper.v[i];
    }
    double sum = model.losses(xi, upper.margin, upper.first, upper.second);
    for (int i = 0; i < size; i++) {
      upper.toR[i] -= share * c[7] * upper.first[i];
    }
    return share * sum;
  }

  /** What each lower row adds to v and r. Returns the mean loss at the new point. */
  private double lowerRows(Batch zeta, double ly, double lz, double s, double[] c) {
    int size = zeta.size();
    double share = 1.0 / size;
    Arrays.fill(lower.toV, 0, size, 0);
    Arrays.fill(lower.toR, 0, size, 0);
    if (c[5] != 0 || c[8] != 0) {
      model.losses(zeta, lower.y, lower.first, lower.second);
      for (int i = 0; i < size; i++) {
        lower.toV[i] = -share * c[5] * lower.first[i];
        lower.toR[i] = -share * c[8] * lower.second[i] * lower.z[i];
      }
    }
    for (int i = 0; i < size; i++) {
      lower.margin[i] = lower.y[i] - ly * lower.v[i];
    }
    double sum = model.losses(zeta, lower.margin, lower.first, lower.second);
    for (int i = 0; i < size; i++) {
      double along = s * (lower.z[i] - lz * lower.r[i]);
      lower.toV[i] += share * c[4] * lower.first[i];
      lower.toR[i] += share * c[7] * lower.second[i] * along;
    }
    return share * sum;
  }

  /** Adds the rows to v and r. */
  private void scatter(Batch batch, Rows rows, boolean both) {
    int[] rowStart = batch.rowStart();
    int[] index = batch.index();
    double[] value = batch.value();
    double[] cells = coordinates.cells;
    for (int i = 0; i < batch.size(); i++) {
      double toV = rows.toV[i];
      double toR = rows.toR[i];
      int to = rowStart[i + 1];
      if (both) {
        for (int k = rowStart[i]; k < to; k++) {
          int c = LazyCoordinates.CELL * index[k];
          cells[c + 1] += toV * value[k];
          cells[c + 3] += toR * value[k];
        }
      } else {
        for (int k = rowStart[i]; k < to; k++) {
          cells[LazyCoordinates.CELL * index[k] + 3] += toR * value[k];
        }
      }
      if (model.hasBias()) {
        int b = coordinates.biasAt();
        cells[b + 1] += both ? toV : 0;
        cells[b + 3] += toR;
      }
    }
  }

  /** Why the step must not hold, or null. The sums are finite only if every coordinate is. */
  private @Nullable String trouble() {
    String in = null;
    double[] bad = spare.x;
    if (!Kernels.allFinite(spare.x)) {
      in = "x";
    } else if (!Kernels.allFinite(spare.w)) {
      in = "w";
      bad = spare.w;
    } else if (!Kernels.allFinite(spare.sums)) {
      return "y, v, z or r would not be finite: their norms were "
          + Arrays.toString(Arrays.copyOfRange(spare.sums, PairSums.YY, PairSums.COUNT));
    } else if (model.hasBias()) {
      for (int i = 0; i < LazyCoordinates.CELL; i++) {
        double cell = coordinates.cells[coordinates.biasAt() + i];
        if (!Double.isFinite(cell)) {
          return "yvzr".charAt(i) + " would not be finite: the bias was " + cell;
        }
      }
    }
    if (in == null) {
      return null;
    }
    int entry = Kernels.firstNonFinite(bad);
    return in + " would not be finite: entry " + entry + " was " + bad[entry];
  }

  /** A refused step went nowhere: its batches count with their losses at the point that stands. */
  private void standStill(Batch zeta, Batch xi) {
    double penalty = 0;
    model.penalties(now.x, e, slope);
    for (int k = 0; k < groups; k++) {
      penalty += e[k] * now.sums[PairSums.COUNT * k + PairSums.YY];
    }
    figures.losses(
        model.losses(xi, upper.y, upper.first, upper.second) / xi.size(),
        model.losses(zeta, lower.y, lower.first, lower.second) / zeta.size() + 0.5 * penalty);
  }

  @Override
  public long steps() {
    return now.t;
  }

  @Override
  public void upper(double[] out) {
    Kernels.copy(now.x, out);
  }

  @Override
  public void lower(double[] out) {
    coordinates.lower(out);
  }

  @Override
  public void report(Report sink) {
    double square = 0;
    for (int k = 0; k < groups; k++) {
      square += now.sums[PairSums.COUNT * k + PairSums.VV];
    }
    if (model.hasBias()) {
      double v = coordinates.cells[coordinates.biasAt() + 1];
      square += v * v;
    }
    sink.figure("hypergradient-norm", Kernels.norm2(now.w));
    sink.figure("lower-residual", Math.sqrt(Math.max(0, square)));
    sink.figure("step-size", settings.eta().at(Math.max(1, now.t)));
    sink.figure("clamps-linear", (double) now.ballActive);
    if (constraint.bounded()) {
      sink.figure("clamps-constraint", (double) now.constraintActive);
    }
  }

  @Override
  public void save(StateSink sink) {
    sink.doubles("x", now.x, 0, groups);
    sink.doubles("w", now.w, 0, groups);
    coordinates.save(sink, now.sums);
    sink.longs("t", now.t);
    sink.longs("clamps-linear", now.ballActive);
    if (constraint.bounded()) {
      sink.longs("clamps-constraint", now.constraintActive);
    }
  }

  @Override
  public void restore(StateSource source) {
    // into spares: a source that fails half way leaves the state as it was
    LazyCoordinates read = fresh();
    source.doubles("x", spare.x, 0, groups);
    source.doubles("w", spare.w, 0, groups);
    read.restore(source, spare.sums);
    spare.t = word(source, "t");
    spare.ballActive = word(source, "clamps-linear");
    spare.constraintActive = constraint.bounded() ? word(source, "clamps-constraint") : 0;
    coordinates = read;
    Small old = now;
    now = spare;
    spare = old;
  }

  private static long word(StateSource source, String name) {
    long[] word = new long[1];
    source.longs(name, word);
    return word[0];
  }
}
