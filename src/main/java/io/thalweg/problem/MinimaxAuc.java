package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Parameter.Kind;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * The area under the ROC curve of a linear score, by the square surrogate over pairs of a positive
 * and a negative sample, in the saddle form whose terms need one sample each. A sample is a feature
 * row c of length n and a label; x = (w, a, b), y is one number alpha, p the share of positives.
 * Over a batch of B rows, with s = w'c:
 *
 * <pre>
 * positive: k = 1-p, t = a, z = 1      negative: k = p, t = b, z = -1
 * f(x, alpha) = 1/B sum k ((s - t)^2 - 2 z (1 + alpha) s) - p (1-p) alpha^2 + l2/2 |w|^2
 * fw = 2/B sum k (s - t - z (1 + alpha)) c + l2 w         fa, fb = -2/B sum_(positive, negative) k (s - t)
 * falpha = -2/B sum k z s - 2 p (1-p) alpha               f_alpha,alpha = -2 p (1-p)
 * f_w,alpha = -2/B sum k z c
 * </pre>
 *
 * With p the true share, 1 + min max E f / (p (1-p)) without l2 is the least E (1 - s+ + s-)^2 over
 * independent pairs; there a and b are the mean scores of the two classes and alpha = b - a.
 *
 * <p>Ying, Wen and Lyu, Stochastic online AUC maximization, NIPS 2016, theorem 1.
 */
final class MinimaxAuc extends Minimax {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "minimax-auc",
          "Area under the ROC curve of a linear score as a minimax problem: f = mean over positives"
              + " of (1-p) ((w'c - a)^2 - 2 (1+alpha) w'c), over negatives of p ((w'c - b)^2 + 2"
              + " (1+alpha) w'c), - p (1-p) alpha^2; x = (w, a, b), y = alpha, g = -f.",
          "Ying, Wen, Lyu, Stochastic online AUC maximization, NIPS 2016, theorem 1",
          List.of(
              FeatureRows.FEATURES,
              new Parameter(
                  "positive-share",
                  Kind.NUMBER,
                  new Range(0, true, 1, true),
                  List.of(),
                  null,
                  true,
                  "share p of positive samples in the stream"),
              Parameter.number("l2", Range.NON_NEGATIVE, 0, "factor of 1/2 |w|^2 in f"),
              FeatureRows.ENCODING),
          "{\"x\":[0.1,-2.0,0.5],\"y\":1}",
          "{\"x\":[0.3,1.5,-0.2],\"y\":0}");

  private static final int LABEL = 1;

  private final FeatureRows rows;
  private final int n;
  private final double share;
  private final double l2;

  /** w'c of every row, then its factor; scratch. */
  private double[] scores = new double[0];

  private double[] factors = new double[0];

  MinimaxAuc(Settings settings) {
    this(settings, FeatureRows.of(settings, false));
  }

  private MinimaxAuc(Settings settings, FeatureRows rows) {
    super(
        INFO,
        rows.features() + 2,
        1,
        new SampleSchema(List.of(rows.field(), LogisticRegression.BINARY), rows.sparse()));
    this.rows = rows;
    n = rows.features();
    share = settings.number("positive-share");
    if (!(share > 0 && share < 1)) {
      throw new SettingException(
          settings.pathOf("positive-share"), "must be in (0, 1), but was " + share);
    }
    l2 = settings.number("l2", 0, Range.NON_NEGATIVE);
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, 1, x, LinearHead.Link.IDENTITY);
  }

  @Override
  public String upperName(int i) {
    return i < n ? "w." + i : i == n ? "a" : "b";
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    score(x, xi);
    return value(x, y, xi);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    score(x, xi);
    slopes(x, y, xi, fx);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    score(x, xi);
    slopes(x, y, xi, fx);
    fy[0] = slope(y, xi);
    return value(x, y, xi);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch batch, double[] fy) {
    score(x, batch);
    fy[0] = slope(y, batch);
    return value(x, y, batch);
  }

  @Override
  void payoffYY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    out[0] = -2 * share * (1 - share) * v[0];
  }

  @Override
  void payoffXY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    double[] labels = batch.column(LABEL);
    int size = batch.size();
    reserve(size);
    for (int r = 0; r < size; r++) {
      double z = LogisticLoss.sign(labels[r]);
      factors[r] = -2.0 / size * v[0] * weight(z) * z;
    }
    Arrays.fill(out, 0, n + 2, 0);
    rows.add(batch, factors, out);
  }

  /** f at the scores of the last call of {@link #score}. */
  private double value(double[] x, double[] y, Batch batch) {
    double[] labels = batch.column(LABEL);
    int size = batch.size();
    double sum = 0;
    for (int r = 0; r < size; r++) {
      double z = LogisticLoss.sign(labels[r]);
      double e = scores[r] - target(x, z);
      sum += weight(z) * (e * e - 2 * z * (1 + y[0]) * scores[r]);
    }
    return sum / size - share * (1 - share) * y[0] * y[0] + 0.5 * l2 * Rows.dot(x, 0, x, n);
  }

  private void slopes(double[] x, double[] y, Batch batch, double[] fx) {
    double[] labels = batch.column(LABEL);
    int size = batch.size();
    double forA = 0;
    double forB = 0;
    for (int r = 0; r < size; r++) {
      double z = LogisticLoss.sign(labels[r]);
      double k = 2.0 / size * weight(z);
      double e = scores[r] - target(x, z);
      factors[r] = k * (e - z * (1 + y[0]));
      forA -= z > 0 ? k * e : 0;
      forB -= z > 0 ? 0 : k * e;
    }
    for (int j = 0; j < n; j++) {
      fx[j] = l2 * x[j];
    }
    fx[n] = forA;
    fx[n + 1] = forB;
    rows.add(batch, factors, fx);
  }

  private double slope(double[] y, Batch batch) {
    double[] labels = batch.column(LABEL);
    int size = batch.size();
    double sum = 0;
    for (int r = 0; r < size; r++) {
      double z = LogisticLoss.sign(labels[r]);
      sum += weight(z) * z * scores[r];
    }
    return -2.0 / size * sum - 2 * share * (1 - share) * y[0];
  }

  private void score(double[] x, Batch batch) {
    reserve(batch.size());
    rows.products(batch, x, scores);
  }

  private void reserve(int size) {
    if (scores.length < size) {
      scores = new double[size];
      factors = new double[size];
    }
  }

  /** The weight k of a class. */
  private double weight(double z) {
    return z > 0 ? 1 - share : share;
  }

  /** The mean score a or b that the scores of a class are held against. */
  private double target(double[] x, double z) {
    return z > 0 ? x[n] : x[n + 1];
  }
}
