package io.thalweg.solver;

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
final class LazyMomentum implements Solver, Movable {
  /** Groups beyond which the tables of a step would cost more than its rows. */
  static final int MOST_GROUPS = Methods.MOST_LAZY_GROUPS;

  private static final String MEAN = TrailingMean.figure(MomentumRecipe.NORM);
  private static final String NOTED = TrailingMean.counterName(MomentumRecipe.NORM);

  private final LinearModel model;
  private final Constraint constraint;
  private final Averaging averaging;
  private final MomentumSettings settings;
  private final double rho;
  private final double radius;
  private final @Nullable RmsScale scale;
  private final int groups;
  private final boolean bias;

  private LazyCoordinates coordinates;
  private ShortState now;
  private ShortState spare;

  private final StepMatrices matrices = new StepMatrices();
  private final double[] step;
  private final double[] biasStep = new double[CatchUp.ENTRY];
  private final double[] e;
  private final double[] slope;
  private final double[] nextE;
  private final double[] nextSlope;
  private final double[] scaled;
  private final MarginRows lower = new MarginRows();
  private final MarginRows upper = new MarginRows();
  private final StepFigures figures = new StepFigures();
  private final ProjectedGradient projected;

  /** What is short, double-buffered: x, w, the sums, the bias and the counters. */
  private static final class ShortState {
    private final double[] x;
    private final double[] w;
    private final double[] sums;

    /** Mean squares of w, empty where steps are taken as they are. */
    private final double[] square;

    /** y, v, z, r of the bias, and y and z before the step. */
    private final double[] bias = new double[LazyCoordinates.TOUCHED];

    /** The trailing mean of |w|. */
    private final double[] mean = new double[1];

    private long noted;
    private long t;
    private long ballActive;
    private long constraintActive;
    private long squares;

    ShortState(int groups, boolean scales) {
      x = new double[groups];
      w = new double[groups];
      sums = new double[PairSums.COUNT * groups];
      square = new double[scales ? groups : 0];
    }
  }

  LazyMomentum(
      LinearModel model,
      Constraint constraint,
      Averaging averaging,
      MomentumSettings settings,
      Hypergradients.LinearSystem system,
      @Nullable RmsScale scale,
      double[] x1,
      double[] y1) {
    this.model = model;
    this.constraint = constraint;
    this.averaging = averaging;
    this.settings = settings;
    this.rho = system.rho();
    this.radius = system.radius();
    this.scale = scale;
    this.groups = model.groups();
    this.bias = model.hasBias();
    projected = new ProjectedGradient(constraint, settings.gamma(), groups);
    coordinates = fresh();
    now = new ShortState(groups, scale != null);
    spare = new ShortState(groups, scale != null);
    scaled = new double[now.square.length];
    step = new double[CatchUp.ENTRY * groups];
    e = new double[groups];
    slope = new double[groups];
    nextE = new double[groups];
    nextSlope = new double[groups];
    Kernels.copy(x1, now.x);
    coordinates.start(y1, now.sums);
    now.bias[0] = bias ? y1[model.features()] : 0;
  }

  private LazyCoordinates fresh() {
    return new LazyCoordinates(model.features(), groups, model.groupOf());
  }

  @Override
  public int upperDim() {
    return groups;
  }

  @Override
  public int lowerDim() {
    return bias ? model.features() + 1 : model.features();
  }

  @Override
  public Consumption next() {
    return Consumption.ONE_OF_EACH;
  }

  @Override
  public boolean costGrowsWithModel() {
    return false;
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
    lower.touch(zeta, coordinates);
    upper.touch(xi, coordinates);
    coordinates.gather();
    move();
    double f = readUpper(xi);
    double g = readLower(zeta);
    lower.addToBoth(zeta, coordinates.table(), spare.bias);
    upper.addToR(xi, coordinates.table(), spare.bias);
    if (!bias) {
      Arrays.fill(spare.bias, 0);
    }
    coordinates.settle(spare.sums);
    average();
    String trouble = trouble();
    if (trouble != null) {
      coordinates.refuse();
      model.penalties(now.x, e, slope);
      figures.losses(
          model.losses(xi, upper.oldMargin, upper.first, upper.second) / xi.size(),
          model.losses(zeta, lower.oldMargin, lower.first, lower.second) / zeta.size()
              + penalty(e, now.sums));
      return new Verdict.Refused(trouble);
    }
    figures.losses(f, g + penalty(nextE, spare.sums));
    figures.hypergradient(now.t == 0 ? null : now.w);
    coordinates.hold(step, spare.sums);
    ShortState old = now;
    now = spare;
    spare = old;
    return Verdict.Advanced.INSTANCE;
  }

  /** x, y and z move by the directions of the step before; step 1 stays where it is. */
  private void move() {
    spare.t = now.t + 1;
    spare.ballActive = now.ballActive;
    spare.constraintActive = now.constraintActive;
    spare.squares = now.squares;
    Kernels.copy(now.square, spare.square);
    if (now.t == 0) {
      Kernels.copy(now.x, spare.x);
      matrices.first();
    } else {
      double eta = settings.eta().at(now.t);
      double[] direction = now.w;
      if (scale != null) {
        scale.apply(now.w, now.w, now.square, spare.square, ++spare.squares, scaled);
        direction = scaled;
      }
      Kernels.add(now.x, -settings.gamma(), direction, spare.x);
      if (constraint.project(spare.x)) {
        spare.constraintActive++;
      }
      for (int k = 0; k < groups; k++) {
        spare.x[k] = now.x[k] + eta * (spare.x[k] - now.x[k]);
      }
      constraint.hold(spare.x);
      matrices.of(averaging, settings.c(), eta, settings.lambda(), rho);
      shrink();
    }
    model.penalties(now.x, e, slope);
    model.penalties(spare.x, nextE, nextSlope);
    for (int k = 0; k < groups; k++) {
      matrices.write(e[k], nextE[k], step, CatchUp.ENTRY * k);
      PairSums.advance(now.sums, PairSums.COUNT * k, step, CatchUp.ENTRY * k, spare.sums);
    }
    coordinates.advance(step, spare.sums);
    matrices.write(0, 0, biasStep, 0);
    CatchUp.multiply(biasStep, 0, now.bias, 0, spare.bias, 0);
    spare.bias[LazyCoordinates.OLD_Y] = now.bias[0];
    spare.bias[LazyCoordinates.OLD_Z] = now.bias[2];
  }

  /** Brings z - lz r back into the ball, by the sums. */
  private void shrink() {
    if (radius == Double.POSITIVE_INFINITY) {
      return;
    }
    double lz = matrices.lz();
    double z = now.bias[2] - lz * now.bias[3];
    double square = z * z;
    for (int k = 0; k < groups; k++) {
      int at = PairSums.COUNT * k;
      square +=
          now.sums[at + PairSums.ZZ]
              - 2 * lz * now.sums[at + PairSums.ZR]
              + lz * lz * now.sums[at + PairSums.RR];
    }
    double norm = Math.sqrt(Math.max(0, square));
    if (norm > radius) {
      matrices.shrink(radius / norm);
      spare.ballActive++;
    }
  }

  /** What each upper row adds to r, which averages H z - fy. Returns f after the move. */
  private double readUpper(Batch xi) {
    upper.margins(xi, coordinates.table(), spare.bias);
    int size = xi.size();
    double share = 1.0 / size;
    double sum = model.losses(xi, upper.margin, upper.first, upper.second);
    for (int i = 0; i < size; i++) {
      upper.toR[i] = -share * matrices.freshR * upper.first[i];
    }
    if (matrices.backR != 0) {
      model.losses(xi, upper.oldMargin, upper.first, upper.second);
      for (int i = 0; i < size; i++) {
        upper.toR[i] += share * matrices.backR * upper.first[i];
      }
    }
    return share * sum;
  }

  /** What each lower row adds to v and r. Returns its mean loss after the move. */
  private double readLower(Batch zeta) {
    lower.products(zeta, coordinates.table(), spare.bias);
    int size = zeta.size();
    double share = 1.0 / size;
    double sum = model.losses(zeta, lower.margin, lower.first, lower.second);
    for (int i = 0; i < size; i++) {
      lower.toV[i] = share * matrices.freshV * lower.first[i];
      lower.toR[i] = share * matrices.freshR * lower.second[i] * lower.along[i];
    }
    if (matrices.backV != 0 || matrices.backR != 0) {
      model.losses(zeta, lower.oldMargin, lower.first, lower.second);
      for (int i = 0; i < size; i++) {
        lower.toV[i] -= share * matrices.backV * lower.first[i];
        lower.toR[i] -= share * matrices.backR * lower.second[i] * lower.oldAlong[i];
      }
    }
    model.score(zeta, lower.oldMargin, figures.scores());
    model.rank(zeta, lower.oldMargin, figures.ranking());
    return share * sum;
  }

  /** w averages -J z, and J z is the coupling sum. */
  private void average() {
    for (int k = 0; k < groups; k++) {
      int yz = PairSums.COUNT * k + PairSums.YZ;
      spare.w[k] =
          matrices.keepW * now.w[k]
              - matrices.freshW * nextSlope[k] * spare.sums[yz]
              + matrices.backW * slope[k] * now.sums[yz];
    }
    spare.noted = now.noted + 1;
    spare.mean[0] = TrailingMean.after(now.mean[0], Kernels.norm2(spare.w), spare.noted);
  }

  private double penalty(double[] weights, double[] sums) {
    double sum = 0;
    for (int k = 0; k < groups; k++) {
      sum += weights[k] * sums[PairSums.COUNT * k + PairSums.YY];
    }
    return 0.5 * sum;
  }

  /** Why the step must not hold, or null. The sums are finite only if every coordinate is. */
  private @Nullable String trouble() {
    String in = trouble("x", spare.x);
    if (in == null) {
      in = trouble("w", spare.w);
    }
    if (in == null) {
      in = trouble(UpperStep.SQUARE, spare.square);
    }
    if (in == null) {
      in = trouble(MEAN, spare.mean);
    }
    if (in == null) {
      in = trouble("a sum of products of y, v, z and r", spare.sums);
    }
    return in == null ? trouble("the bias in y, v, z or r", spare.bias) : in;
  }

  private static @Nullable String trouble(String what, double[] numbers) {
    int entry = Kernels.firstNonFinite(numbers);
    return entry < 0
        ? null
        : what + " would not be finite: entry " + entry + " was " + numbers[entry];
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
    if (bias) {
      out[model.features()] = now.bias[0];
    }
  }

  @Override
  public void project() {
    constraint.project(now.x);
  }

  @Override
  public void report(Report sink) {
    double square = now.bias[1] * now.bias[1];
    for (int k = 0; k < groups; k++) {
      square += now.sums[PairSums.COUNT * k + PairSums.VV];
    }
    sink.figure(MomentumRecipe.NORM, Kernels.norm2(now.w));
    sink.figure("lower-residual", Math.sqrt(Math.max(0, square)));
    sink.figure("step-size", settings.eta().at(Math.max(1, now.t)));
    sink.figure(MEAN, now.mean[0]);
    projected.report(now.x, now.w, sink);
    sink.figure("clamps-linear", (double) now.ballActive);
    if (constraint.bounded()) {
      sink.figure("clamps-constraint", (double) now.constraintActive);
    }
  }

  @Override
  public void save(StateSink sink) {
    sink.doubles("x", now.x, 0, groups);
    sink.doubles("w", now.w, 0, groups);
    sink.doubles("bias", now.bias, 0, LazyCoordinates.CELL);
    if (scale != null) {
      sink.doubles(UpperStep.SQUARE, now.square, 0, groups);
      sink.longs(UpperStep.UPDATES, now.squares);
    }
    sink.doubles(MEAN, now.mean, 0, 1);
    sink.longs(NOTED, now.noted);
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
    restoreSquare(source);
    restoreMean(source);
    if (source.has("cells")) {
      source.doubles("bias", spare.bias, 0, LazyCoordinates.CELL);
      if (!bias && spare.bias[0] != 0) {
        throw new IllegalArgumentException(
            "the state must be one without a bias, but it has y = " + spare.bias[0] + " there");
      }
      read.restore(source, spare.sums);
    } else {
      restoreDense(source, read);
    }
    spare.t = word(source, "t");
    spare.ballActive = word(source, "clamps-linear");
    spare.constraintActive = constraint.bounded() ? word(source, "clamps-constraint") : 0;
    coordinates = read;
    ShortState old = now;
    now = spare;
    spare = old;
  }

  /** Mean squares start at 0 from a state without them. */
  private void restoreSquare(StateSource source) {
    spare.squares = 0;
    Arrays.fill(spare.square, 0);
    if (scale != null && source.has(UpperStep.SQUARE)) {
      source.doubles(UpperStep.SQUARE, spare.square, 0, groups);
      spare.squares = word(source, UpperStep.UPDATES);
    }
  }

  /** The mean begins anew from a state without it. */
  private void restoreMean(StateSource source) {
    spare.noted = 0;
    spare.mean[0] = 0;
    if (source.has(MEAN)) {
      source.doubles(MEAN, spare.mean, 0, 1);
      spare.noted = word(source, NOTED);
    }
  }

  /** Reads the arrays of the dense form, which versions before this one wrote. */
  private void restoreDense(StateSource source, LazyCoordinates read) {
    double[] column = new double[lowerDim()];
    String[] names = {"y", "v", "z", "r"};
    for (int i = 0; i < names.length; i++) {
      source.doubles(names[i], column, 0, column.length);
      read.column(i, column);
      spare.bias[i] = bias ? column[model.features()] : 0;
    }
    read.restart(spare.sums);
  }

  private static long word(StateSource source, String name) {
    long[] word = new long[1];
    source.longs(name, word);
    return word[0];
  }
}
