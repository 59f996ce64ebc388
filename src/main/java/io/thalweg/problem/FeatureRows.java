package io.thalweg.problem;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Parameter.Kind;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Products and sums with the feature rows of a batch, dense or sparse, each of length n and, when
 * there is a bias, with the constant feature 1 behind it: what a linear model asks of its samples.
 * Features are field 0. Dense rows are taken in blocks by plain loops, sparse ones entry by entry;
 * sums go in row order.
 */
final class FeatureRows {
  /** The field of the features. */
  static final int FIELD = 0;

  /** Most features for which rows are kept dense when the job does not say. */
  private static final int AUTO_DENSE = 512;

  private static final int MOST_FEATURES = 1 << 24;

  private static final List<String> ENCODINGS = List.of("auto", "dense", "sparse");

  static final Parameter FEATURES =
      Parameter.requiredInteger(
          "features", Range.closed(1, MOST_FEATURES), "length n of a feature row");

  static final Parameter ENCODING =
      Parameter.choice(
          "encoding",
          ENCODINGS,
          "auto",
          "how rows are kept in memory; auto is dense up to " + AUTO_DENSE + " features");

  static final Parameter BIAS =
      Parameter.of("bias", Kind.FLAG, true, "append a constant feature that is not penalised");

  private final int n;
  private final boolean bias;
  private final boolean sparse;
  private final RankOneSums squares = new RankOneSums();

  private FeatureRows(int n, boolean bias, boolean sparse) {
    this.n = n;
    this.bias = bias;
    this.sparse = sparse;
  }

  /** Rows as {@code features}, {@code encoding} and {@code bias} have them. */
  static FeatureRows of(Settings settings) {
    return of(settings, settings.flag("bias", true));
  }

  /** Rows as {@code features} and {@code encoding} have them. */
  static FeatureRows of(Settings settings, boolean bias) {
    int n = Checks.integer(settings, "features", 1, MOST_FEATURES);
    String encoding = Checks.oneOf(settings, "encoding", "auto", ENCODINGS);
    boolean sparse = encoding.equals("sparse") || (encoding.equals("auto") && n > AUTO_DENSE);
    return new FeatureRows(n, bias, sparse);
  }

  /** The field of the features for a schema. */
  Field field() {
    return Field.features("x", n);
  }

  /** Length of a row without the constant feature. */
  int features() {
    return n;
  }

  boolean hasBias() {
    return bias;
  }

  boolean sparse() {
    return sparse;
  }

  /** Length of a row with the constant feature, if any. */
  int width() {
    return bias ? n + 1 : n;
  }

  /** out_r = a_r'y. */
  void products(Batch batch, double[] y, double[] out) {
    double start = bias ? y[n] : 0;
    if (sparse) {
      for (int r = 0; r < batch.size(); r++) {
        out[r] = start + sparseDot(batch, r, y);
      }
    } else {
      DenseRows.dots(batch.column(FIELD), n, batch.size(), y, start, out);
    }
  }

  /** outY_r = a_r'y and outV_r = a_r'v. */
  void products(Batch batch, double[] y, double[] v, double[] outY, double[] outV) {
    double startY = bias ? y[n] : 0;
    double startV = bias ? v[n] : 0;
    if (sparse) {
      for (int r = 0; r < batch.size(); r++) {
        outY[r] = startY + sparseDot(batch, r, y);
        outV[r] = startV + sparseDot(batch, r, v);
      }
    } else {
      DenseRows.dots(batch.column(FIELD), n, batch.size(), y, startY, v, startV, outY, outV);
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

  /** out += sum_r c_r a_r. */
  void add(Batch batch, double[] c, double[] out) {
    int rows = batch.size();
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      for (int r = 0; r < rows; r++) {
        double f = c[r];
        int to = batch.rowStart()[r + 1];
        for (int k = batch.rowStart()[r]; k < to; k++) {
          out[index[k]] += f * value[k];
        }
      }
    } else {
      DenseRows.add(batch.column(FIELD), n, rows, c, out);
    }
    if (bias) {
      out[n] += Rows.sum(c, rows);
    }
  }

  /** g += sum_r c_r a_r and h += sum_r d_r a_r in one reading. */
  void add(Batch batch, double[] c, double[] d, double[] g, double[] h) {
    int rows = batch.size();
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      for (int r = 0; r < rows; r++) {
        double forG = c[r];
        double forH = d[r];
        int to = batch.rowStart()[r + 1];
        for (int k = batch.rowStart()[r]; k < to; k++) {
          g[index[k]] += forG * value[k];
          h[index[k]] += forH * value[k];
        }
      }
    } else {
      DenseRows.add(batch.column(FIELD), n, rows, c, d, g, h);
    }
    if (bias) {
      g[n] += Rows.sum(c, rows);
      h[n] += Rows.sum(d, rows);
    }
  }

  /** h += sum_r c_r a_r a_r' for a symmetric row-major matrix of {@link #width()} lines. */
  void addSquares(Batch batch, double[] c, double[] h) {
    int rows = batch.size();
    if (sparse) {
      for (int r = 0; r < rows; r++) {
        addSquare(c[r], batch, r, h);
      }
    } else {
      addDenseSquares(batch.column(FIELD), rows, c, h);
    }
  }

  private void addDenseSquares(double[] a, int rows, double[] c, double[] h) {
    int q = width();
    squares.addSquares(a, n, rows, c, h, q);
    if (bias) {
      for (int r = 0; r < rows; r++) {
        Kernels.axpy(n, c[r], a, r * n, h, n * q);
      }
      for (int j = 0; j < n; j++) {
        h[j * q + n] = h[n * q + j];
      }
      h[n * q + n] += Rows.sum(c, rows);
    }
  }

  private void addSquare(double factor, Batch batch, int r, double[] h) {
    int q = width();
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
}
