package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Predictor;
import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Parameter.Kind;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A regression with tuned L2 weights: the loss of a sample is the same on both levels, and x enters
 * through the penalty of the lower one alone. Over a batch of B rows with weights w:
 *
 * <pre>
 * f(x, y) = 1/B sum w l(a, b; y)                            validation rows
 * g(x, y) = 1/B sum w l(a, b; y) + 1/2 sum_i e_i y_i^2      training rows
 * fx = 0     gy = dl + e o y     H = d2l + diag(e)          J and gx by {@link L2Penalty}
 * </pre>
 *
 * The weight scales the loss of a row; the divisor stays the number of rows, so that rows of weight
 * 1 give the plain mean and a row of weight 0 pulls towards nothing. With {@code terms} a sample
 * also carries the number of its term in the finite sum, which changes none of the above.
 */
abstract class PenalizedRegression implements Problem, Predictor, RowModel {
  private static final int MOST_TERMS = 1 << 30;

  static final Parameter TERMS =
      new Parameter(
          "terms",
          Kind.INTEGER,
          Range.closed(1, MOST_TERMS),
          List.of(),
          null,
          false,
          "number n of samples of a level where they are a finite sum, for methods with a table;"
              + " samples then carry theirs as index, 0 to n-1");

  private static final int MOST_SOURCES = 64;

  static final Parameter SOURCES =
      new Parameter(
          "sources",
          Kind.INTEGER,
          Range.closed(1, MOST_SOURCES),
          List.of(),
          null,
          false,
          "number S of sources of the samples; they then carry theirs as source, 0 to S-1, and may"
              + " carry an age, for methods that weigh them");

  /** The field of the label. */
  static final int LABEL = 1;

  /** The field of the weight. */
  static final int WEIGHT = 2;

  /** Rows of the samples. */
  final FeatureRows rows;

  /** The part of the lower level that x tunes. */
  final L2Penalty penalty;

  private final int q;
  private final SampleSchema schema;
  private final int sources;

  /** The age stands behind it. */
  private final int columnOfSource;

  /**
   * A regression.
   *
   * @param settings keys of the problem
   * @param rows features of the samples
   * @param label the field y
   * @param outputs numbers the model predicts of a row; the lower variable has as many entries per
   *     feature, side by side
   */
  PenalizedRegression(Settings settings, FeatureRows rows, Field label, int outputs) {
    this.rows = rows;
    q = Math.multiplyExact(rows.width(), outputs);
    penalty =
        new L2Penalty(
            PenaltySettings.read(settings.child("hyperparameters"), rows.features(), outputs), q);
    List<Field> fields = new ArrayList<>();
    fields.add(rows.field());
    fields.add(label);
    fields.add(Field.optional("w", 1, Field.Rule.NON_NEGATIVE));
    if (settings.has("terms")) {
      fields.add(Field.index("index", Checks.integer(settings, "terms", 1, MOST_TERMS)));
    }
    sources = settings.has("sources") ? Checks.integer(settings, "sources", 1, MOST_SOURCES) : 0;
    if (sources > 0) {
      fields.add(Field.index("source", sources));
      fields.add(Field.optional("age", 0, Field.Rule.NON_NEGATIVE));
    }
    schema = new SampleSchema(fields, rows.sparse());
    columnOfSource = fields.size() - 2;
  }

  /** The key {@code hyperparameters} for an entry of the catalogue. */
  static Parameter hyperparameters(String per) {
    return Parameter.of(
        "hyperparameters",
        Kind.TREE,
        Map.of(),
        "l2: {per: "
            + per
            + ", scale: log | linear, init: -4, bounds:"
            + " [-12, 4]}; groups: one group number per feature, or group sizes");
  }

  /** The mean loss of a batch. */
  abstract double meanLoss(double[] y, Batch batch);

  /** Adds the gradient of the mean loss to out; returns the mean loss. */
  abstract double addLossGradient(double[] y, Batch batch, double[] out);

  /** Adds the product of the Hessian of the mean loss with v to out. */
  abstract void addLossProduct(double[] y, double[] v, Batch batch, double[] out);

  /** Adds the gradient of the mean loss to gy and the product to hv; returns the mean loss. */
  abstract double addLossProducts(double[] y, double[] v, Batch batch, double[] gy, double[] hv);

  /** Adds the Hessian of the mean loss to a row-major q x q matrix. */
  abstract void addLossHessian(double[] y, Batch batch, double[] h);

  @Override
  public final int features() {
    return rows.features();
  }

  @Override
  public final int sources() {
    return sources;
  }

  @Override
  public final int source(Batch batch, int row) {
    return (int) batch.column(columnOfSource)[row];
  }

  @Override
  public final double age(Batch batch, int row) {
    return batch.column(columnOfSource + 1)[row];
  }

  @Override
  public final boolean hasBias() {
    return rows.hasBias();
  }

  @Override
  public final int groups() {
    return penalty.count();
  }

  @Override
  public final int[] groupOf() {
    return penalty.settings().groupOf();
  }

  @Override
  public final double weightOf(double upper) {
    return penalty.settings().log() ? StrictMath.exp(upper) : upper;
  }

  @Override
  public final double upperOf(double weight) {
    return penalty.settings().log() ? StrictMath.log(weight) : weight;
  }

  @Override
  public final double weight(Batch batch, int row) {
    return batch.column(WEIGHT)[row];
  }

  @Override
  public final int upperDim() {
    return penalty.count();
  }

  @Override
  public final int lowerDim() {
    return q;
  }

  @Override
  public final Set<Capability> capabilities() {
    return Checks.capabilities(penalty.count(), q);
  }

  @Override
  public final SampleSchema schema(Level level) {
    return schema;
  }

  @Override
  public final String upperName(int i) {
    return penalty.settings().name(i);
  }

  @Override
  public final double upperUnit(int i, double[] x) {
    return penalty.settings().log() ? StrictMath.exp(x[i]) : x[i];
  }

  @Override
  public final double upperOfUnit(int i, double unit) {
    return upperOf(unit);
  }

  @Override
  public final double[] defaultUpper() {
    return penalty.settings().init().clone();
  }

  @Override
  public final double[] defaultLower() {
    return new double[q];
  }

  @Override
  public final double[][] upperBounds() {
    double[][] bounds = penalty.settings().bounds();
    return new double[][] {bounds[0].clone(), bounds[1].clone()};
  }

  @Override
  public final double upperValue(double[] x, double[] y, Batch xi) {
    return meanLoss(y, xi);
  }

  @Override
  public final double lowerValue(double[] x, double[] y, Batch zeta) {
    penalty.at(x);
    return meanLoss(y, zeta) + penalty.value(y);
  }

  @Override
  public final double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    gradUpperX(x, y, xi, fx);
    return gradUpperY(x, y, xi, fy);
  }

  @Override
  public final void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Arrays.fill(fx, 0, penalty.count(), 0);
  }

  @Override
  public final double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    Arrays.fill(fy, 0, q, 0);
    return addLossGradient(y, xi, fy);
  }

  @Override
  public final void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    jvp(x, y, y, zeta, gx);
    Rows.scale(0.5, gx, penalty.count());
  }

  @Override
  public final double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    penalty.at(x);
    penalty.apply(y, gy);
    return addLossGradient(y, zeta, gy) + penalty.value(y);
  }

  @Override
  public final void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    penalty.at(x);
    penalty.apply(v, hv);
    addLossProduct(y, v, zeta, hv);
  }

  /** Needs no rows: only the penalty couples x and y. */
  @Override
  public final void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    penalty.at(x);
    penalty.couple(y, v, jv);
  }

  /** One reading of each row serves the gradient and the Hessian product. */
  @Override
  public final double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    penalty.at(x);
    penalty.apply(y, gy);
    penalty.apply(v, hv);
    penalty.couple(y, v, jv);
    return addLossProducts(y, v, zeta, gy, hv) + penalty.value(y);
  }

  @Override
  public final boolean lowerPenalty(double[] x, double[] e) {
    penalty.at(x);
    penalty.entries(e);
    return true;
  }

  @Override
  public final void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    penalty.at(x);
    penalty.matrix(h);
    addLossHessian(y, zeta, h);
  }

  @Override
  public final void cross(double[] x, double[] y, Batch zeta, double[] j) {
    penalty.at(x);
    penalty.cross(y, j);
  }
}
