package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Hyper-data cleaning: a softmax regression whose training records have a tuned weight each, so
 * that records with a wrong label lose their say. x holds one logit per training record, n in all;
 * a training sample is a feature row a, a class b and the number i of its record, a validation
 * sample a row and a class. The lower variable is a matrix Y with a column per class, kept row by
 * row: entry (j, c) at j C + c, the bias of each class in the last row. With s = sigma(x_i), l the
 * cross entropy of softmax(Y'a), R = softmax(Y'a) - onehot(b), U = V'a:
 *
 * <pre>
 * f(x, Y) = 1/B sum l                         validation rows
 * g(x, Y) = 1/B sum s l + reg |Y|^2           training rows; the bias is not penalised
 * gY = 1/B sum s a R' + 2 reg Y               HV = 1/B sum s a (P o (U - P'U))' + 2 reg V
 * gx_i = 1/B sum_i s (1 - s) l                (JV)_i = 1/B sum_i s (1 - s) R'U        fx = 0
 * </pre>
 *
 * where the last sums go over the rows of the batch that are record i. A batch touches only the
 * coordinates of its own records: without bias, but each x_i moves once in n/B steps. Every call
 * costs the rows of the batch, and the clearing of a vector of length n where it hands one out.
 *
 * <p>Not for concurrent use: scratch arrays are kept.
 */
final class DataCleaning implements Problem {
  private static final int LABEL = 1;
  private static final int INDEX = 2;
  private static final int MOST_RECORDS = 1 << 26;
  private static final double DEFAULT_REG = 1e-3;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "data-cleaning",
          "Softmax regression with a tuned weight for every training record, to silence those with"
              + " wrong labels: f = mean cross entropy on validation samples, g = mean sigma(x_i)"
              + " cross entropy_i on training samples + reg |Y|^2.",
          "hyper-data cleaning as in arXiv 1703.01785, section 5.1",
          List.of(
              FeatureRows.FEATURES,
              SoftmaxRegression.CLASSES,
              Parameter.requiredInteger(
                  "terms",
                  Range.closed(1, MOST_RECORDS),
                  "number n of training records; samples carry theirs as index, 0 to n-1"),
              Parameter.number(
                  "reg", Range.NON_NEGATIVE, DEFAULT_REG, "factor of |Y|^2 in the lower level"),
              FeatureRows.ENCODING,
              FeatureRows.BIAS),
          "{\"x\":[0.1,-2.0,0.5],\"y\":2,\"index\":17}",
          "{\"x\":[0.3,1.5,-0.2],\"y\":0}");

  private final FeatureRows rows;
  private final int n;
  private final int q;

  /** Entries of Y that are penalised; the bias lies behind them. */
  private final int penalised;

  private final double reg;
  private final SampleSchema lower;
  private final SampleSchema upper;
  private final CrossEntropy loss;

  /** Weight of every row in the mean; scratch. */
  private double[] shares = new double[0];

  /** sigma'(x_i) / B of every row; scratch. */
  private double[] slopes = new double[0];

  DataCleaning(Settings settings) {
    rows = FeatureRows.of(settings);
    int classes = Checks.integer(settings, "classes", 2, 10_000);
    n = Checks.integer(settings, "terms", 1, MOST_RECORDS);
    reg = settings.number("reg", DEFAULT_REG, Range.NON_NEGATIVE);
    q = Math.multiplyExact(rows.width(), classes);
    penalised = rows.features() * classes;
    Field label = Field.index("y", classes);
    lower = new SampleSchema(List.of(rows.field(), label, Field.index("index", n)), rows.sparse());
    upper = new SampleSchema(List.of(rows.field(), label), rows.sparse());
    loss = new CrossEntropy(rows, classes);
  }

  @Override
  public String id() {
    return INFO.id();
  }

  @Override
  public int upperDim() {
    return n;
  }

  @Override
  public int lowerDim() {
    return q;
  }

  @Override
  public Set<Capability> capabilities() {
    return Checks.capabilities(n, q);
  }

  @Override
  public SampleSchema schema(Level level) {
    return level == Level.LOWER ? lower : upper;
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, q / rows.width(), y, LinearHead.Link.SOFTMAX);
  }

  @Override
  public String upperName(int i) {
    return "weight." + i;
  }

  /** The weight of a record, in (0, 1). */
  @Override
  public double upperUnit(int i, double[] x) {
    return LogisticLoss.sigma(x[i]);
  }

  /** The logit of a weight. */
  @Override
  public double upperOfUnit(int i, double unit) {
    return StrictMath.log(unit) - StrictMath.log1p(-unit);
  }

  /** Every record counts one half. */
  @Override
  public double[] defaultUpper() {
    return new double[n];
  }

  @Override
  public double[] defaultLower() {
    return new double[q];
  }

  @Override
  public double[][] upperBounds() {
    return Checks.unbounded(n);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    loss.at(y, xi, xi.column(LABEL));
    return loss.sum(evenly(xi), xi.size());
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    loss.at(y, zeta, zeta.column(LABEL));
    return loss.sum(weigh(x, zeta), zeta.size()) + penalty(y);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    gradUpperX(x, y, xi, fx);
    return gradUpperY(x, y, xi, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Arrays.fill(fx, 0, n, 0);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    double[] labels = xi.column(LABEL);
    double[] w = evenly(xi);
    Arrays.fill(fy, 0, q, 0);
    loss.at(y, xi, labels);
    loss.toResiduals(w, labels, xi.size());
    loss.addGradient(xi, fy);
    return loss.sum(w, xi.size());
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    loss.at(y, zeta, zeta.column(LABEL));
    weigh(x, zeta);
    scatter(zeta, loss.losses(), gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    double[] labels = zeta.column(LABEL);
    double[] w = weigh(x, zeta);
    penalise(y, gy);
    loss.at(y, zeta, labels);
    loss.toResiduals(w, labels, zeta.size());
    loss.addGradient(zeta, gy);
    return loss.sum(w, zeta.size()) + penalty(y);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    penalise(v, hv);
    loss.at(y, v, zeta, zeta.column(LABEL));
    loss.toProducts(weigh(x, zeta), zeta.size());
    loss.addProduct(zeta, hv);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    double[] labels = zeta.column(LABEL);
    weigh(x, zeta);
    loss.at(y, v, zeta, labels);
    scatter(zeta, loss.slopes(labels, zeta.size()), jv);
  }

  /** One reading of each row serves all three. */
  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    double[] labels = zeta.column(LABEL);
    double[] w = weigh(x, zeta);
    penalise(y, gy);
    penalise(v, hv);
    loss.at(y, v, zeta, labels);
    scatter(zeta, loss.slopes(labels, zeta.size()), jv);
    loss.toProducts(w, zeta.size());
    loss.toResiduals(w, labels, zeta.size());
    loss.addBoth(zeta, gy, hv);
    return loss.sum(w, zeta.size()) + penalty(y);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    Arrays.fill(h, 0, q * q, 0);
    for (int i = 0; i < penalised; i++) {
      h[i * q + i] = 2 * reg;
    }
    loss.at(y, zeta, zeta.column(LABEL));
    loss.addHessian(zeta, weigh(x, zeta), h);
  }

  /** Line i holds sigma'(x_i) a R' of the rows that are record i. */
  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    double[] labels = zeta.column(LABEL);
    double[] index = zeta.column(INDEX);
    Arrays.fill(j, 0, n * q, 0);
    weigh(x, zeta);
    loss.at(y, zeta, labels);
    loss.toResiduals(slopes, labels, zeta.size());
    for (int r = 0; r < zeta.size(); r++) {
      int record = (int) index[r];
      loss.addRow(zeta, r, j, record * q);
    }
  }

  /** Adds a number of every row, times sigma'(x_i) / B, to the place of its record. */
  private void scatter(Batch zeta, double[] numbers, double[] out) {
    double[] index = zeta.column(INDEX);
    Arrays.fill(out, 0, n, 0);
    for (int r = 0; r < zeta.size(); r++) {
      out[(int) index[r]] += slopes[r] * numbers[r];
    }
  }

  /** sigma(x_i) / B of every row; {@link #slopes} are filled along. */
  private double[] weigh(double[] x, Batch zeta) {
    double[] index = zeta.column(INDEX);
    int size = zeta.size();
    double share = 1.0 / size;
    reserve(size);
    for (int r = 0; r < size; r++) {
      double s = LogisticLoss.sigma(x[(int) index[r]]);
      shares[r] = share * s;
      slopes[r] = share * s * (1 - s);
    }
    return shares;
  }

  private double[] evenly(Batch xi) {
    reserve(xi.size());
    Arrays.fill(shares, 0, xi.size(), 1.0 / xi.size());
    return shares;
  }

  private void reserve(int size) {
    if (shares.length < size) {
      shares = new double[size];
      slopes = new double[size];
    }
  }

  @Override
  public boolean lowerPenalty(double[] x, double[] e) {
    Arrays.fill(e, 0, penalised, 2 * reg);
    Arrays.fill(e, penalised, q, 0);
    return true;
  }

  private double penalty(double[] y) {
    return reg * Rows.dot(y, 0, y, penalised);
  }

  /** out = 2 reg v, with 0 for the bias. */
  private void penalise(double[] v, double[] out) {
    for (int i = 0; i < penalised; i++) {
      out[i] = 2 * reg * v[i];
    }
    Arrays.fill(out, penalised, q, 0);
  }
}
