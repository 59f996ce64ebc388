package io.thalweg.problem;

import io.thalweg.oracle.Ranking;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Logistic regression with tuned L2 weights. A sample is a feature row a of length n, a label b in
 * {-1, 1} (0 counts as -1) and a weight w, by default 1. With the constant feature 1 appended when
 * {@code bias} is on, m = b a'y and s = sigma(-m) = 1/(1 + e^m), over a batch of B rows:
 *
 * <pre>
 * f(x, y) = 1/B sum w log(1 + e^-m)                            validation rows
 * g(x, y) = 1/B sum w log(1 + e^-m) + 1/2 sum_j e_j y_j^2      training rows
 * gy = -1/B sum w s b a + e o y      Hv = 1/B sum w s (1 - s) (a'v) a + e o v
 * gx_k = 1/2 sum_{j in k} e'_j y_j^2   (Jv)_k = sum_{j in k} e'_j y_j v_j   fx = 0
 * </pre>
 *
 * where e_j = exp(x_k) on the log scale (so e' = e) or x_k on the linear one (e' = 1) for the
 * coordinate k that feature j belongs to, and 0 for the bias.
 */
final class LogisticRegression extends MarginRegression {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "logistic-regression",
          "Binary classification with tuned L2 weights: f = mean log(1+exp(-b a'y)) on validation"
              + " samples, g = the same on training samples + 1/2 sum exp(x_j) y_j^2.",
          "per-feature ridge penalties as in arXiv 2206.13409, section 4",
          List.of(
              FeatureRows.FEATURES,
              FeatureRows.ENCODING,
              FeatureRows.BIAS,
              TERMS,
              SOURCES,
              hyperparameters("feature | group | global")),
          "{\"x\":[0.1,-2.0,0.5],\"y\":1}",
          "{\"i\":[0,2],\"v\":[0.3,1.5],\"y\":0,\"w\":2}");

  /** A class of two; 0 counts as -1. */
  static final Field BINARY = new Field("y", Field.Kind.SCALAR, 1, true, 0, Field.Rule.LABEL);

  private final LogisticLoss loss = new LogisticLoss();

  LogisticRegression(Settings settings) {
    super(settings, FeatureRows.of(settings), BINARY);
  }

  @Override
  public String id() {
    return INFO.id();
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, 1, y, LinearHead.Link.SIGMOID);
  }

  @Override
  double loss(Batch batch, double[] margins) {
    loss.clear();
    loss.watch(batch.column(LABEL), batch.column(WEIGHT), margins, batch.size());
    return loss.sum();
  }

  @Override
  double slopes(Batch batch, double share, double[] margins) {
    double[] rowWeights = batch.column(WEIGHT);
    int size = batch.size();
    loss.clear();
    loss.addAll(batch.column(LABEL), rowWeights, margins, size);
    for (int r = 0; r < size; r++) {
      margins[r] *= -share * rowWeights[r];
    }
    return loss.sum();
  }

  @Override
  void curvatures(Batch batch, double share, double[] margins) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    for (int r = 0; r < batch.size(); r++) {
      double s = LogisticLoss.sigma(-LogisticLoss.sign(labels[r]) * margins[r]);
      margins[r] = share * rowWeights[r] * s * (1 - s);
    }
  }

  @Override
  double slopesAndProducts(Batch batch, double share, double[] margins, double[] alongs) {
    double[] rowWeights = batch.column(WEIGHT);
    int size = batch.size();
    loss.clear();
    loss.addAll(batch.column(LABEL), rowWeights, margins, size);
    for (int r = 0; r < size; r++) {
      double w = share * rowWeights[r];
      double s = Math.abs(margins[r]);
      alongs[r] *= w * s * (1 - s);
      margins[r] *= -w;
    }
    return loss.sum();
  }

  /** Sparse batches go row by row, so that the entries of a row are read while they are near. */
  @Override
  double addLossProducts(double[] y, double[] v, Batch batch, double[] gy, double[] hv) {
    if (!rows.sparse()) {
      return super.addLossProducts(y, v, batch, gy, hv);
    }
    double share = 1.0 / batch.size();
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      sparseRow(batch, r, LogisticLoss.sign(labels[r]), rowWeights[r], share, y, v, gy, hv);
    }
    return share * loss.sum();
  }

  private void sparseRow(
      Batch batch,
      int r,
      double b,
      double weight,
      double share,
      double[] y,
      double[] v,
      double[] gy,
      double[] hv) {
    int[] index = batch.index();
    double[] value = batch.value();
    int from = batch.rowStart()[r];
    int to = batch.rowStart()[r + 1];
    double margin = 0;
    double along = 0;
    for (int k = from; k < to; k++) {
      margin += value[k] * y[index[k]];
      along += value[k] * v[index[k]];
    }
    int n = features();
    if (hasBias()) {
      margin += y[n];
      along += v[n];
    }
    double s = loss.add(b * margin, weight);
    double w = share * weight;
    double forGradient = -w * s * b;
    double forProduct = w * s * (1 - s) * along;
    for (int k = from; k < to; k++) {
      gy[index[k]] += forGradient * value[k];
      hv[index[k]] += forProduct * value[k];
    }
    if (hasBias()) {
      gy[n] += forGradient;
      hv[n] += forProduct;
    }
  }

  @Override
  public double losses(Batch batch, double[] margins, double[] first, double[] second) {
    double[] rowWeights = batch.column(WEIGHT);
    int size = batch.size();
    System.arraycopy(margins, 0, first, 0, size);
    loss.clear();
    loss.addAll(batch.column(LABEL), rowWeights, first, size);
    for (int r = 0; r < size; r++) {
      double s = Math.abs(first[r]);
      second[r] = rowWeights[r] * s * (1 - s);
      first[r] *= -rowWeights[r];
    }
    return loss.sum();
  }

  /** s (1 - s) of a probability s. */
  @Override
  public double curvatureBound() {
    return 0.25;
  }

  @Override
  public int classes() {
    return 2;
  }

  /** The positive class is 1. */
  @Override
  public int classOf(Batch batch, int row) {
    return batch.column(LABEL)[row] > 0 ? 1 : 0;
  }

  @Override
  public boolean isLikelihood() {
    return true;
  }

  @Override
  public double loss(Batch batch, int row, double[] scores, int at) {
    double b = LogisticLoss.sign(batch.column(LABEL)[row]);
    return batch.column(WEIGHT)[row] * LogisticLoss.of(b * scores[at]);
  }

  @Override
  public void slopes(
      Batch batch, int row, double[] scores, int at, double[] slopes, double[] curvatures) {
    double b = LogisticLoss.sign(batch.column(LABEL)[row]);
    double w = batch.column(WEIGHT)[row];
    double s = LogisticLoss.sigma(-b * scores[at]);
    slopes[0] = -w * b * s;
    curvatures[0] = w * s * (1 - s);
  }

  /** The exponentials first: what waits for one of them does not hold the next one up. */
  @Override
  public void slopes(
      Batch batch, int row, double[] scores, double[][] slopes, double[][] curvatures) {
    double b = LogisticLoss.sign(batch.column(LABEL)[row]);
    double w = batch.column(WEIGHT)[row];
    for (int i = 0; i < slopes.length; i++) {
      curvatures[i][0] = LogisticLoss.tail(scores[i]);
    }
    for (int i = 0; i < slopes.length; i++) {
      double s = LogisticLoss.sigma(-b * scores[i], curvatures[i][0]);
      slopes[i][0] = -w * b * s;
      curvatures[i][0] = w * s * (1 - s);
    }
  }

  @Override
  public double likelihood(Batch batch, int row, double[] slopes) {
    return 1 - Math.abs(slopes[0]);
  }

  @Override
  public double error(Batch batch, int row, double[] scores, int at) {
    double agrees = LogisticLoss.sign(scores[at]) * LogisticLoss.sign(batch.column(LABEL)[row]);
    return batch.column(WEIGHT)[row] * 0.5 * (1 - agrees);
  }

  /** Predicts the positive class where a'y &gt; 0. */
  @Override
  public void score(Batch batch, double[] margins, double[] sums) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    int size = batch.size();
    double wrong = 0;
    double all = 0;
    for (int r = 0; r < size; r++) {
      double agrees = LogisticLoss.sign(margins[r]) * LogisticLoss.sign(labels[r]);
      wrong += rowWeights[r] * 0.5 * (1 - agrees);
      all += rowWeights[r];
    }
    sums[1] += wrong;
    sums[2] += all;
    double[] copy = spare(size);
    System.arraycopy(margins, 0, copy, 0, size);
    sums[0] += loss(batch, copy);
  }

  @Override
  public void rank(Batch batch, double[] margins, Ranking ranking) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    for (int r = 0; r < batch.size(); r++) {
      if (rowWeights[r] > 0) {
        ranking.add(margins[r], labels[r] > 0);
      }
    }
  }

  @Override
  public int side(Batch batch, int row) {
    return batch.column(LABEL)[row] > 0 ? 1 : -1;
  }
}
