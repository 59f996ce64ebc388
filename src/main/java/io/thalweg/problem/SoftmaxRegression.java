package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Softmax regression with tuned L2 weights, one per feature, per class, per group of features, or
 * one for all. A sample is a feature row a of length n, a class b in 0 ... C-1 and a weight w, by
 * default 1. The lower variable is a matrix Y with a column per class, kept row by row: entry (j,
 * c) at j C + c, the bias of each class in the last row. Over a batch of B rows, with P =
 * softmax(Y'a), R = P - onehot(b) and U = V'a:
 *
 * <pre>
 * f(x, Y) = 1/B sum w (log sum_c e^(Y_c'a) - Y_b'a)                   validation rows
 * g(x, Y) = the same + 1/2 sum_jc e_jc Y_jc^2                         training rows
 * gY = 1/B sum w a R' + e o Y      HV = 1/B sum w a (P o (U - P'U))' + e o V
 * gx_k = 1/2 sum_{jc in k} e'_jc Y_jc^2   (JV)_k = sum_{jc in k} e'_jc Y_jc V_jc   fx = 0
 * </pre>
 *
 * where e_jc = exp(x_k) on the log scale (so e' = e) or x_k on the linear one (e' = 1) for the
 * coordinate k that entry belongs to, and 0 for the bias.
 */
final class SoftmaxRegression extends PenalizedRegression {
  static final Parameter CLASSES =
      Parameter.requiredInteger("classes", Range.closed(2, 10_000), "number C of classes");

  static final ProblemInfo INFO =
      new ProblemInfo(
          "softmax-regression",
          "Classification into C classes with tuned L2 weights per feature or per class: f = mean"
              + " cross entropy of softmax(Y'a) on validation samples, g = the same on training"
              + " samples + 1/2 sum exp(x) Y^2.",
          "multiclass form of the ridge penalties of arXiv 2206.13409, section 4",
          List.of(
              FeatureRows.FEATURES,
              CLASSES,
              FeatureRows.ENCODING,
              FeatureRows.BIAS,
              TERMS,
              SOURCES,
              hyperparameters("feature | class | group | global")),
          "{\"x\":[0.1,-2.0,0.5],\"y\":2}",
          "{\"i\":[0,2],\"v\":[0.3,1.5],\"y\":0,\"w\":2}");

  private final CrossEntropy loss;
  private final int classes;

  /** Weight of every row in the mean; scratch. */
  private double[] shares = new double[0];

  SoftmaxRegression(Settings settings) {
    this(settings, FeatureRows.of(settings), Checks.integer(settings, "classes", 2, 10_000));
  }

  private SoftmaxRegression(Settings settings, FeatureRows rows, int classes) {
    super(settings, rows, Field.index("y", classes), classes);
    loss = new CrossEntropy(rows, classes);
    this.classes = classes;
  }

  @Override
  public String id() {
    return INFO.id();
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, classes, y, LinearHead.Link.SOFTMAX);
  }

  @Override
  double meanLoss(double[] y, Batch batch) {
    loss.at(y, batch, batch.column(LABEL));
    return loss.sum(batch.column(WEIGHT), batch.size()) / batch.size();
  }

  @Override
  double addLossGradient(double[] y, Batch batch, double[] out) {
    double[] labels = batch.column(LABEL);
    double[] w = shares(batch);
    loss.at(y, batch, labels);
    loss.toResiduals(w, labels, batch.size());
    loss.addGradient(batch, out);
    return loss.sum(w, batch.size());
  }

  @Override
  void addLossProduct(double[] y, double[] v, Batch batch, double[] out) {
    loss.at(y, v, batch, batch.column(LABEL));
    loss.toProducts(shares(batch), batch.size());
    loss.addProduct(batch, out);
  }

  @Override
  double addLossProducts(double[] y, double[] v, Batch batch, double[] gy, double[] hv) {
    double[] labels = batch.column(LABEL);
    double[] w = shares(batch);
    loss.at(y, v, batch, labels);
    loss.toProducts(w, batch.size());
    loss.toResiduals(w, labels, batch.size());
    loss.addBoth(batch, gy, hv);
    return loss.sum(w, batch.size());
  }

  @Override
  void addLossHessian(double[] y, Batch batch, double[] h) {
    loss.at(y, batch, batch.column(LABEL));
    loss.addHessian(batch, shares(batch), h);
  }

  /** Predicts the most probable class, the first of equals. */
  @Override
  public void score(double[] y, Batch batch, double[] sums) {
    double[] labels = batch.column(LABEL);
    double[] w = batch.column(WEIGHT);
    loss.at(y, batch, labels);
    sums[0] += loss.sum(w, batch.size());
    for (int r = 0; r < batch.size(); r++) {
      sums[1] += loss.isWrong(r, (int) labels[r]) ? w[r] : 0;
      sums[2] += w[r];
    }
  }

  @Override
  public int outputs() {
    return classes;
  }

  /** The Hessian of log sum e^s is at most I / 2. */
  @Override
  public double curvatureBound() {
    return 0.5;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public int classOf(Batch batch, int row) {
    return (int) batch.column(LABEL)[row];
  }

  @Override
  public boolean isLikelihood() {
    return true;
  }

  @Override
  public double loss(Batch batch, int row, double[] scores, int at) {
    double most = top(scores, at);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += StrictMath.exp(scores[at + c] - most);
    }
    double label = scores[at + (int) batch.column(LABEL)[row]];
    return batch.column(WEIGHT)[row] * (most - label + StrictMath.log(sum));
  }

  @Override
  public void slopes(
      Batch batch, int row, double[] scores, int at, double[] slopes, double[] curvatures) {
    double w = batch.column(WEIGHT)[row];
    double most = top(scores, at);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      slopes[c] = StrictMath.exp(scores[at + c] - most);
      sum += slopes[c];
    }
    for (int c = 0; c < classes; c++) {
      double p = slopes[c] / sum;
      slopes[c] = w * p;
      curvatures[c] = w * p * (1 - p);
    }
    slopes[(int) batch.column(LABEL)[row]] -= w;
  }

  @Override
  public double likelihood(Batch batch, int row, double[] slopes) {
    return 1 + slopes[(int) batch.column(LABEL)[row]];
  }

  /** Predicts the most probable class, the first of equals. */
  @Override
  public double error(Batch batch, int row, double[] scores, int at) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = scores[at + c] > scores[at + best] ? c : best;
    }
    return best == (int) batch.column(LABEL)[row] ? 0 : batch.column(WEIGHT)[row];
  }

  private double top(double[] scores, int at) {
    double most = scores[at];
    for (int c = 1; c < classes; c++) {
      most = Math.max(most, scores[at + c]);
    }
    return most;
  }

  private double[] shares(Batch batch) {
    int size = batch.size();
    if (shares.length < size) {
      shares = new double[size];
    }
    double[] w = batch.column(WEIGHT);
    double share = 1.0 / size;
    for (int r = 0; r < size; r++) {
      shares[r] = share * w[r];
    }
    return shares;
  }
}
