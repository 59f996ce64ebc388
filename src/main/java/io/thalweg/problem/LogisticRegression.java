package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.oracle.LinearModel;
import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Parameter.Kind;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * coordinate k that feature j belongs to, and 0 for the bias. The weight scales the loss of a row;
 * the divisor stays the number of rows, so that rows of weight 1 give the plain mean and a row of
 * weight 0 pulls towards nothing.
 *
 * <p>Not for concurrent use: scratch arrays are kept. Nothing is allocated per call.
 */
final class LogisticRegression implements Problem, Predictor, LinearModel {
  /** Most features for which rows are kept dense when the job does not say. */
  private static final int AUTO_DENSE = 512;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "logistic-regression",
          "Binary classification with tuned L2 weights: f = mean log(1+exp(-b a'y)) on validation"
              + " samples, g = the same on training samples + 1/2 sum exp(x_j) y_j^2.",
          "per-feature ridge penalties as in arXiv 2206.13409, section 4",
          List.of(
              Parameter.requiredInteger(
                  "features", Range.closed(1, 1 << 24), "length n of a feature row"),
              Parameter.choice(
                  "encoding",
                  List.of("auto", "dense", "sparse"),
                  "auto",
                  "how rows are kept in memory; auto is dense up to " + AUTO_DENSE + " features"),
              Parameter.of(
                  "bias", Kind.FLAG, true, "append a constant feature that is not penalised"),
              Parameter.of(
                  "hyperparameters",
                  Kind.TREE,
                  Map.of(),
                  "l2: {per: feature | group | global, scale: log | linear, init: -4, bounds:"
                      + " [-12, 4]}; groups: one group number per feature, or group sizes")),
          "{\"x\":[0.1,-2.0,0.5],\"y\":1}",
          "{\"i\":[0,2],\"v\":[0.3,1.5],\"y\":0,\"w\":2}");

  private static final int ROW = 0;
  private static final int LABEL = 1;
  private static final int WEIGHT = 2;

  private final int n;
  private final boolean bias;
  private final boolean sparse;
  private final int q;
  private final PenaltySettings penalty;
  private final int[] groupOf;
  private final SampleSchema schema;

  /** Penalty weight of every upper coordinate; scratch. */
  private final double[] weight;

  private final LogisticLoss loss = new LogisticLoss();

  LogisticRegression(Settings settings) {
    n = Checks.integer(settings, "features", 1, 1 << 24);
    bias = settings.flag("bias", true);
    String encoding = settings.text("encoding", "auto");
    if (!List.of("auto", "dense", "sparse").contains(encoding)) {
      throw new SettingException(
          settings.pathOf("encoding"),
          "must be one of auto, dense, sparse, but was \"" + encoding + "\"");
    }
    sparse = encoding.equals("sparse") || (encoding.equals("auto") && n > AUTO_DENSE);
    q = bias ? n + 1 : n;
    penalty = PenaltySettings.read(settings.child("hyperparameters"), n);
    groupOf = penalty.groupOf();
    schema =
        new SampleSchema(
            List.of(
                Field.features("x", n),
                new Field("y", Field.Kind.SCALAR, 1, true, 0, Field.Rule.LABEL),
                Field.optional("w", 1, Field.Rule.NON_NEGATIVE)),
            sparse);
    weight = new double[penalty.count()];
  }

  @Override
  public String id() {
    return INFO.id();
  }

  @Override
  public int upperDim() {
    return penalty.count();
  }

  @Override
  public int lowerDim() {
    return q;
  }

  @Override
  public Set<Capability> capabilities() {
    return Checks.capabilities(penalty.count(), q);
  }

  @Override
  public SampleSchema schema(Level level) {
    return schema;
  }

  @Override
  public String upperName(int i) {
    return penalty.name(i);
  }

  @Override
  public double upperUnit(int i, double[] x) {
    return penalty.log() ? StrictMath.exp(x[i]) : x[i];
  }

  @Override
  public double[] defaultUpper() {
    return penalty.init().clone();
  }

  @Override
  public double[] defaultLower() {
    return new double[q];
  }

  @Override
  public double[][] upperBounds() {
    return new double[][] {penalty.bounds()[0].clone(), penalty.bounds()[1].clone()};
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    return meanLoss(y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    weights(x);
    return meanLoss(y, zeta) + penaltyValue(y);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    gradUpperX(x, y, xi, fx);
    Arrays.fill(fy, 0, q, 0);
    return addLossGradient(y, xi, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Arrays.fill(fx, 0, penalty.count(), 0);
  }

  @Override
  public void gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    Arrays.fill(fy, 0, q, 0);
    addLossGradient(y, xi, fy);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    jvp(x, y, y, zeta, gx);
    Rows.scale(0.5, gx, penalty.count());
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    weights(x);
    penalise(y, gy);
    return addLossGradient(y, zeta, gy) + penaltyValue(y);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    weights(x);
    penalise(v, hv);
    double[] labels = zeta.column(LABEL);
    double[] rowWeights = zeta.column(WEIGHT);
    double share = 1.0 / zeta.size();
    for (int r = 0; r < zeta.size(); r++) {
      double s = LogisticLoss.sigma(-sign(labels[r]) * dot(zeta, r, y));
      add(share * rowWeights[r] * s * (1 - s) * dot(zeta, r, v), zeta, r, hv);
    }
  }

  /** Needs no rows: only the penalty couples x and y. */
  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    weights(x);
    couple(y, v, jv);
  }

  /** One reading of each row serves the gradient and the Hessian product. */
  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    weights(x);
    penalise(y, gy);
    penalise(v, hv);
    couple(y, v, jv);
    double[] labels = zeta.column(LABEL);
    double[] rowWeights = zeta.column(WEIGHT);
    int rows = zeta.size();
    double share = 1.0 / rows;
    loss.clear();
    for (int r = 0; r < rows; r++) {
      double b = sign(labels[r]);
      double w = rowWeights[r];
      if (sparse) {
        sparseRow(zeta, r, b, w, share, y, v, gy, hv);
      } else {
        denseRow(zeta.column(ROW), r * n, b, w, share, y, v, gy, hv);
      }
    }
    return share * loss.sum() + penaltyValue(y);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    weights(x);
    Arrays.fill(h, 0, q * q, 0);
    for (int j = 0; j < n; j++) {
      h[j * q + j] = weight[groupOf[j]];
    }
    double[] labels = zeta.column(LABEL);
    double[] rowWeights = zeta.column(WEIGHT);
    double share = 1.0 / zeta.size();
    for (int r = 0; r < zeta.size(); r++) {
      double s = LogisticLoss.sigma(-sign(labels[r]) * dot(zeta, r, y));
      addSquare(share * rowWeights[r] * s * (1 - s), zeta, r, h);
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    weights(x);
    Arrays.fill(j, 0, penalty.count() * q, 0);
    for (int i = 0; i < n; i++) {
      int k = groupOf[i];
      j[k * q + i] = slope(k) * y[i];
    }
  }

  /** Predicts the positive class where a'y &gt; 0. */
  @Override
  public void score(double[] y, Batch batch, double[] sums) {
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      score(batch, r, dot(batch, r, y), sums);
    }
    sums[0] += loss.sum();
  }

  @Override
  public int features() {
    return n;
  }

  @Override
  public boolean hasBias() {
    return bias;
  }

  @Override
  public int groups() {
    return penalty.count();
  }

  @Override
  public int[] groupOf() {
    return groupOf;
  }

  @Override
  public void penalties(double[] x, double[] e, double[] slope) {
    for (int k = 0; k < weight.length; k++) {
      e[k] = penalty.log() ? StrictMath.exp(x[k]) : x[k];
      slope[k] = penalty.log() ? e[k] : 1;
    }
  }

  @Override
  public double losses(Batch batch, double[] margins, double[] first, double[] second) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      double b = sign(labels[r]);
      double w = rowWeights[r];
      double s = loss.add(b * margins[r], w);
      first[r] = -w * s * b;
      second[r] = w * s * (1 - s);
    }
    return loss.sum();
  }

  @Override
  public void score(Batch batch, double[] margins, double[] sums) {
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      score(batch, r, margins[r], sums);
    }
    sums[0] += loss.sum();
  }

  private void score(Batch batch, int r, double margin, double[] sums) {
    double b = sign(batch.column(LABEL)[r]);
    double w = batch.column(WEIGHT)[r];
    loss.add(b * margin, w);
    sums[1] += (margin > 0) == (b > 0) ? 0 : w;
    sums[2] += w;
  }

  private double meanLoss(double[] y, Batch batch) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      loss.add(sign(labels[r]) * dot(batch, r, y), rowWeights[r]);
    }
    return loss.sum() / batch.size();
  }

  /** 1/2 sum_j e_j y_j^2 at the weights of the last point. */
  private double penaltyValue(double[] y) {
    double sum = 0;
    if (weight.length == 1) {
      for (int j = 0; j < n; j++) {
        sum += y[j] * y[j];
      }
      sum *= weight[0];
    } else if (!penalty.grouped()) {
      for (int j = 0; j < n; j++) {
        sum += weight[j] * y[j] * y[j];
      }
    } else {
      for (int j = 0; j < n; j++) {
        sum += weight[groupOf[j]] * y[j] * y[j];
      }
    }
    return 0.5 * sum;
  }

  /** Adds the mean gradient of the loss to out; returns the mean loss. */
  private double addLossGradient(double[] y, Batch batch, double[] out) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    double share = 1.0 / batch.size();
    loss.clear();
    for (int r = 0; r < batch.size(); r++) {
      double b = sign(labels[r]);
      double s = loss.add(b * dot(batch, r, y), rowWeights[r]);
      add(-share * rowWeights[r] * s * b, batch, r, out);
    }
    return share * loss.sum();
  }

  private void denseRow(
      double[] rows,
      int at,
      double b,
      double weight,
      double share,
      double[] y,
      double[] v,
      double[] gy,
      double[] hv) {
    double margin = 0;
    double margin1 = 0;
    double along = 0;
    double along1 = 0;
    int last = n - 1;
    for (int j = 0; j < last; j += 2) {
      double a = rows[at + j];
      double a1 = rows[at + j + 1];
      margin += a * y[j];
      along += a * v[j];
      margin1 += a1 * y[j + 1];
      along1 += a1 * v[j + 1];
    }
    if ((n & 1) != 0) {
      margin += rows[at + last] * y[last];
      along += rows[at + last] * v[last];
    }
    margin += margin1;
    along += along1;
    if (bias) {
      margin += y[n];
      along += v[n];
    }
    double s = loss.add(b * margin, weight);
    double w = share * weight;
    double forGradient = -w * s * b;
    double forProduct = w * s * (1 - s) * along;
    for (int j = 0; j < n; j++) {
      double a = rows[at + j];
      gy[j] += forGradient * a;
      hv[j] += forProduct * a;
    }
    if (bias) {
      gy[n] += forGradient;
      hv[n] += forProduct;
    }
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
    if (bias) {
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
    if (bias) {
      gy[n] += forGradient;
      hv[n] += forProduct;
    }
  }

  /** a'v of one row, the bias included. */
  private double dot(Batch batch, int r, double[] v) {
    double sum = 0;
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      int to = batch.rowStart()[r + 1];
      for (int k = batch.rowStart()[r]; k < to; k++) {
        sum += value[k] * v[index[k]];
      }
    } else {
      sum = Rows.dot(batch.column(ROW), r * n, v, n);
    }
    return bias ? sum + v[n] : sum;
  }

  /** out += factor a. */
  private void add(double factor, Batch batch, int r, double[] out) {
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      int to = batch.rowStart()[r + 1];
      for (int k = batch.rowStart()[r]; k < to; k++) {
        out[index[k]] += factor * value[k];
      }
    } else {
      Rows.add(factor, batch.column(ROW), r * n, out, n);
    }
    if (bias) {
      out[n] += factor;
    }
  }

  /** h += factor aa'. */
  private void addSquare(double factor, Batch batch, int r, double[] h) {
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      int to = batch.rowStart()[r + 1];
      for (int k = batch.rowStart()[r]; k < to; k++) {
        double f = factor * value[k];
        int row = index[k] * q;
        for (int l = batch.rowStart()[r]; l < to; l++) {
          h[row + index[l]] += f * value[l];
        }
        if (bias) {
          h[row + n] += f;
          h[n * q + index[k]] += f;
        }
      }
    } else {
      double[] rows = batch.column(ROW);
      int at = r * n;
      for (int i = 0; i < n; i++) {
        double f = factor * rows[at + i];
        int row = i * q;
        for (int j = 0; j < n; j++) {
          h[row + j] += f * rows[at + j];
        }
        if (bias) {
          h[row + n] += f;
          h[n * q + i] += f;
        }
      }
    }
    if (bias) {
      h[n * q + n] += factor;
    }
  }

  /** out = e o v, with 0 for the bias. */
  private void penalise(double[] v, double[] out) {
    if (weight.length == 1) {
      double e = weight[0];
      for (int j = 0; j < n; j++) {
        out[j] = e * v[j];
      }
    } else if (!penalty.grouped()) {
      for (int j = 0; j < n; j++) {
        out[j] = weight[j] * v[j];
      }
    } else {
      for (int j = 0; j < n; j++) {
        out[j] = weight[groupOf[j]] * v[j];
      }
    }
    if (bias) {
      out[n] = 0;
    }
  }

  /** jv_k = sum over the features j of k of e'_j y_j v_j. */
  private void couple(double[] y, double[] v, double[] jv) {
    if (weight.length == 1) {
      jv[0] = slope(0) * Rows.dot(y, 0, v, n);
    } else if (!penalty.grouped()) {
      for (int j = 0; j < n; j++) {
        jv[j] = slope(j) * y[j] * v[j];
      }
    } else {
      Arrays.fill(jv, 0, weight.length, 0);
      for (int j = 0; j < n; j++) {
        jv[groupOf[j]] += y[j] * v[j];
      }
      for (int k = 0; k < weight.length; k++) {
        jv[k] *= slope(k);
      }
    }
  }

  /** The penalty weight of every upper coordinate. */
  private void weights(double[] x) {
    for (int k = 0; k < weight.length; k++) {
      weight[k] = penalty.log() ? StrictMath.exp(x[k]) : x[k];
    }
  }

  /** The derivative of a penalty weight in its own coordinate. */
  private double slope(int k) {
    return penalty.log() ? weight[k] : 1;
  }

  private static double sign(double label) {
    return label > 0 ? 1 : -1;
  }
}
