package io.thalweg.problem;

import io.thalweg.linalg.Kernels;
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
 * <p>Dense batches are taken in three passes, each a plain loop over blocks of rows: products with
 * the point, then loss and factor of each row, then the sum of the rows by their factors. Sparse
 * ones go row by row.
 *
 * <p>Not for concurrent use: scratch arrays are kept. Nothing is allocated per call but for the
 * largest batch so far.
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

  private final PenaltyWeights weights;

  /** Penalty weight of every upper coordinate at the point of the call under way. */
  private double[] weight;

  private final LogisticLoss loss = new LogisticLoss();
  private final RankOneSums sums = new RankOneSums();

  /** a'y and a'v of every row of the batch at hand, then the factors of the rows; scratch. */
  private double[] margins = new double[0];

  private double[] alongs = new double[0];

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
    weights = new PenaltyWeights(penalty.log(), penalty.count());
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
    weight = weights.at(x);
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
    weight = weights.at(x);
    penalise(y, gy);
    return addLossGradient(y, zeta, gy) + penaltyValue(y);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    weight = weights.at(x);
    penalise(v, hv);
    double[] labels = zeta.column(LABEL);
    double[] rowWeights = zeta.column(WEIGHT);
    int rows = zeta.size();
    double share = 1.0 / rows;
    products(zeta, y, v);
    for (int r = 0; r < rows; r++) {
      double s = LogisticLoss.sigma(-LogisticLoss.sign(labels[r]) * margins[r]);
      alongs[r] *= share * rowWeights[r] * s * (1 - s);
    }
    add(zeta, alongs, hv);
  }

  /** Needs no rows: only the penalty couples x and y. */
  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    weight = weights.at(x);
    couple(y, v, jv);
  }

  /** One reading of each row serves the gradient and the Hessian product. */
  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    weight = weights.at(x);
    penalise(y, gy);
    penalise(v, hv);
    couple(y, v, jv);
    double share = 1.0 / zeta.size();
    loss.clear();
    if (sparse) {
      double[] labels = zeta.column(LABEL);
      double[] rowWeights = zeta.column(WEIGHT);
      for (int r = 0; r < zeta.size(); r++) {
        sparseRow(zeta, r, LogisticLoss.sign(labels[r]), rowWeights[r], share, y, v, gy, hv);
      }
    } else {
      denseProducts(zeta, share, y, v, gy, hv);
    }
    return share * loss.sum() + penaltyValue(y);
  }

  private void denseProducts(
      Batch zeta, double share, double[] y, double[] v, double[] gy, double[] hv) {
    double[] rowWeights = zeta.column(WEIGHT);
    int rows = zeta.size();
    products(zeta, y, v);
    double[] slopes = margins;
    double[] factors = alongs;
    loss.addAll(zeta.column(LABEL), rowWeights, slopes, rows);
    for (int r = 0; r < rows; r++) {
      double w = share * rowWeights[r];
      double s = Math.abs(slopes[r]);
      factors[r] *= w * s * (1 - s);
      slopes[r] *= -w;
    }
    DenseRows.add(zeta.column(ROW), n, rows, margins, alongs, gy, hv);
    if (bias) {
      gy[n] += Rows.sum(margins, rows);
      hv[n] += Rows.sum(alongs, rows);
    }
  }

  @Override
  public boolean lowerPenalty(double[] x, double[] e) {
    weight = weights.at(x);
    for (int j = 0; j < n; j++) {
      e[j] = weight[groupOf[j]];
    }
    if (bias) {
      e[n] = 0;
    }
    return true;
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    weight = weights.at(x);
    Arrays.fill(h, 0, q * q, 0);
    for (int j = 0; j < n; j++) {
      h[j * q + j] = weight[groupOf[j]];
    }
    double[] labels = zeta.column(LABEL);
    double[] rowWeights = zeta.column(WEIGHT);
    int rows = zeta.size();
    double share = 1.0 / rows;
    products(zeta, y);
    double[] factors = margins;
    for (int r = 0; r < rows; r++) {
      double s = LogisticLoss.sigma(-LogisticLoss.sign(labels[r]) * margins[r]);
      factors[r] = share * rowWeights[r] * s * (1 - s);
    }
    if (sparse) {
      for (int r = 0; r < rows; r++) {
        addSquare(factors[r], zeta, r, h);
      }
    } else {
      addSquares(zeta.column(ROW), rows, factors, h);
    }
  }

  /** h += sum_r factors_r a_r a_r' with the constant feature, if any, behind each row. */
  private void addSquares(double[] a, int rows, double[] factors, double[] h) {
    sums.addSquares(a, n, rows, factors, h, q);
    if (bias) {
      for (int r = 0; r < rows; r++) {
        Kernels.axpy(n, factors[r], a, r * n, h, n * q);
      }
      for (int j = 0; j < n; j++) {
        h[j * q + n] = h[n * q + j];
      }
      h[n * q + n] += Rows.sum(factors, rows);
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    weight = weights.at(x);
    Arrays.fill(j, 0, penalty.count() * q, 0);
    for (int i = 0; i < n; i++) {
      int k = groupOf[i];
      j[k * q + i] = slope(k) * y[i];
    }
  }

  /** Predicts the positive class where a'y &gt; 0. */
  @Override
  public void score(double[] y, Batch batch, double[] sums) {
    products(batch, y);
    score(batch, margins, sums);
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
    double[] rowWeights = batch.column(WEIGHT);
    int rows = batch.size();
    System.arraycopy(margins, 0, first, 0, rows);
    loss.clear();
    loss.addAll(batch.column(LABEL), rowWeights, first, rows);
    for (int r = 0; r < rows; r++) {
      double s = Math.abs(first[r]);
      second[r] = rowWeights[r] * s * (1 - s);
      first[r] *= -rowWeights[r];
    }
    return loss.sum();
  }

  @Override
  public void score(Batch batch, double[] margins, double[] sums) {
    double[] labels = batch.column(LABEL);
    double[] rowWeights = batch.column(WEIGHT);
    int rows = batch.size();
    double wrong = 0;
    double all = 0;
    for (int r = 0; r < rows; r++) {
      double agrees = LogisticLoss.sign(margins[r]) * LogisticLoss.sign(labels[r]);
      wrong += rowWeights[r] * 0.5 * (1 - agrees);
      all += rowWeights[r];
    }
    sums[1] += wrong;
    sums[2] += all;
    reserve(rows);
    System.arraycopy(margins, 0, alongs, 0, rows);
    loss.clear();
    loss.watch(labels, rowWeights, alongs, rows);
    sums[0] += loss.sum();
  }

  private double meanLoss(double[] y, Batch batch) {
    products(batch, y);
    loss.clear();
    loss.watch(batch.column(LABEL), batch.column(WEIGHT), margins, batch.size());
    return loss.sum() / batch.size();
  }

  /** 1/2 sum_j e_j y_j^2 at the weights of the last point. */
  private double penaltyValue(double[] y) {
    double sum = 0;
    if (weight.length == 1) {
      sum = weight[0] * Rows.dot(y, 0, y, n);
    } else if (!penalty.grouped()) {
      sum = Rows.dotOfSquares(weight, y, n);
    } else {
      for (int j = 0; j < n; j++) {
        sum += weight[groupOf[j]] * y[j] * y[j];
      }
    }
    return 0.5 * sum;
  }

  /** Adds the mean gradient of the loss to out; returns the mean loss. */
  private double addLossGradient(double[] y, Batch batch, double[] out) {
    double[] rowWeights = batch.column(WEIGHT);
    int rows = batch.size();
    double share = 1.0 / rows;
    products(batch, y);
    double[] slopes = margins;
    loss.clear();
    loss.addAll(batch.column(LABEL), rowWeights, slopes, rows);
    for (int r = 0; r < rows; r++) {
      slopes[r] *= -share * rowWeights[r];
    }
    add(batch, margins, out);
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

  /** margins_r = a'y of every row, the bias included. */
  private void products(Batch batch, double[] y) {
    reserve(batch.size());
    double start = bias ? y[n] : 0;
    if (sparse) {
      for (int r = 0; r < batch.size(); r++) {
        margins[r] = start + sparseDot(batch, r, y);
      }
    } else {
      DenseRows.dots(batch.column(ROW), n, batch.size(), y, start, margins);
    }
  }

  /** margins_r = a'y and alongs_r = a'v of every row, the bias included. */
  private void products(Batch batch, double[] y, double[] v) {
    reserve(batch.size());
    double startY = bias ? y[n] : 0;
    double startV = bias ? v[n] : 0;
    if (sparse) {
      for (int r = 0; r < batch.size(); r++) {
        margins[r] = startY + sparseDot(batch, r, y);
        alongs[r] = startV + sparseDot(batch, r, v);
      }
    } else {
      DenseRows.dots(batch.column(ROW), n, batch.size(), y, startY, v, startV, margins, alongs);
    }
  }

  private void reserve(int rows) {
    if (margins.length < rows) {
      margins = new double[rows];
      alongs = new double[rows];
    }
  }

  private static double sparseDot(Batch batch, int r, double[] v) {
    int[] index = batch.index();
    double[] value = batch.value();
    int to = batch.rowStart()[r + 1];
    double sum = 0;
    for (int k = batch.rowStart()[r]; k < to; k++) {
      sum += value[k] * v[index[k]];
    }
    return sum;
  }

  /** out += sum_r factors_r a_r, the bias included. */
  private void add(Batch batch, double[] factors, double[] out) {
    int rows = batch.size();
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      for (int r = 0; r < rows; r++) {
        int to = batch.rowStart()[r + 1];
        for (int k = batch.rowStart()[r]; k < to; k++) {
          out[index[k]] += factors[r] * value[k];
        }
      }
    } else {
      DenseRows.add(batch.column(ROW), n, rows, factors, out);
    }
    if (bias) {
      out[n] += Rows.sum(factors, rows);
    }
  }

  /** h += factor aa' for a sparse row. */
  private void addSquare(double factor, Batch batch, int r, double[] h) {
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
      if (penalty.log()) {
        for (int j = 0; j < n; j++) {
          jv[j] = weight[j] * y[j] * v[j];
        }
      } else {
        for (int j = 0; j < n; j++) {
          jv[j] = y[j] * v[j];
        }
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

  /** The derivative of a penalty weight in its own coordinate. */
  private double slope(int k) {
    return penalty.log() ? weight[k] : 1;
  }
}
