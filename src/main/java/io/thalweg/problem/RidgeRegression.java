package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Linear regression with tuned L2 weights. A sample is a feature row a of length n, a number b to
 * predict and a weight w, by default 1. With the constant feature 1 appended when {@code bias} is
 * on, over a batch of B rows:
 *
 * <pre>
 * f(x, y) = 1/2B sum w (a'y - b)^2                           validation rows
 * g(x, y) = 1/2B sum w (a'y - b)^2 + 1/2 sum_j e_j y_j^2     training rows
 * gy = 1/B sum w (a'y - b) a + e o y      Hv = 1/B sum w (a'v) a + e o v
 * gx_k = 1/2 sum_{j in k} e'_j y_j^2      (Jv)_k = sum_{j in k} e'_j y_j v_j      fx = 0
 * </pre>
 *
 * where e_j = exp(x_k) on the log scale (so e' = e) or x_k on the linear one (e' = 1) for the
 * coordinate k that feature j belongs to, and 0 for the bias.
 */
final class RidgeRegression extends MarginRegression {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "ridge-regression",
          "Linear regression with tuned L2 weights: f = mean 1/2 (a'y - b)^2 on validation samples,"
              + " g = the same on training samples + 1/2 sum exp(x_j) y_j^2.",
          "ridge regression with a weight per feature, Hoerl and Kennard, Technometrics 12, 1970",
          List.of(
              FeatureRows.FEATURES,
              FeatureRows.ENCODING,
              FeatureRows.BIAS,
              TERMS,
              SOURCES,
              hyperparameters("feature | group | global")),
          "{\"x\":[0.1,-2.0,0.5],\"y\":3.7}",
          "{\"i\":[0,2],\"v\":[0.3,1.5],\"y\":-0.2,\"w\":2}");

  RidgeRegression(Settings settings) {
    super(settings, FeatureRows.of(settings), Field.scalar("y"));
  }

  @Override
  public String id() {
    return INFO.id();
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, 1, y, LinearHead.Link.IDENTITY);
  }

  @Override
  double loss(Batch batch, double[] margins) {
    double[] b = batch.column(LABEL);
    double[] w = batch.column(WEIGHT);
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      double e = margins[r] - b[r];
      sum += w[r] * e * e;
    }
    return 0.5 * sum;
  }

  @Override
  double slopes(Batch batch, double share, double[] margins) {
    double[] b = batch.column(LABEL);
    double[] w = batch.column(WEIGHT);
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      double e = margins[r] - b[r];
      sum += w[r] * e * e;
      margins[r] = share * w[r] * e;
    }
    return 0.5 * sum;
  }

  @Override
  void curvatures(Batch batch, double share, double[] margins) {
    double[] w = batch.column(WEIGHT);
    for (int r = 0; r < batch.size(); r++) {
      margins[r] = share * w[r];
    }
  }

  @Override
  double slopesAndProducts(Batch batch, double share, double[] margins, double[] alongs) {
    double[] w = batch.column(WEIGHT);
    for (int r = 0; r < batch.size(); r++) {
      alongs[r] *= share * w[r];
    }
    return slopes(batch, share, margins);
  }

  @Override
  public double losses(Batch batch, double[] margins, double[] first, double[] second) {
    double[] w = batch.column(WEIGHT);
    int size = batch.size();
    System.arraycopy(margins, 0, first, 0, size);
    System.arraycopy(w, 0, second, 0, size);
    return slopes(batch, 1, first);
  }

  @Override
  public double curvatureBound() {
    return 1;
  }

  @Override
  public boolean isLikelihood() {
    return false;
  }

  @Override
  public double loss(Batch batch, int row, double[] scores, int at) {
    double e = scores[at] - batch.column(LABEL)[row];
    return batch.column(WEIGHT)[row] * 0.5 * e * e;
  }

  @Override
  public void slopes(
      Batch batch, int row, double[] scores, int at, double[] slopes, double[] curvatures) {
    double w = batch.column(WEIGHT)[row];
    slopes[0] = w * (scores[at] - batch.column(LABEL)[row]);
    curvatures[0] = w;
  }

  @Override
  public double likelihood(Batch batch, int row, double[] slopes) {
    throw new UnsupportedOperationException("a squared distance is no likelihood");
  }

  @Override
  public double error(Batch batch, int row, double[] scores, int at) {
    return batch.column(WEIGHT)[row] * Math.abs(scores[at] - batch.column(LABEL)[row]);
  }

  /** Predicts the margin; its error is the distance to b. */
  @Override
  public void score(Batch batch, double[] margins, double[] sums) {
    double[] b = batch.column(LABEL);
    double[] w = batch.column(WEIGHT);
    sums[0] += loss(batch, margins);
    for (int r = 0; r < batch.size(); r++) {
      sums[1] += w[r] * Math.abs(margins[r] - b[r]);
      sums[2] += w[r];
    }
  }
}
