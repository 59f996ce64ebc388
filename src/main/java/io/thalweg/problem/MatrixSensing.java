package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix sensing as hyper-representation: recover M = UU' of rank r from measurements o = &lt;C,
 * M&gt;. U = [X, y]; X, the first r - 1 columns of length d, is the upper variable stacked column
 * by column, y, the last column, the lower one. Both levels have the loss
 *
 * <pre>
 * 1/2 e^2,  e = &lt;C, UU'&gt; - o
 * </pre>
 *
 * on samples of their own. With S = C + C', per sample: gx = e SX, gy = e Sy, H = (Sy)(Sy)' + e S,
 * J = vec(SX)(Sy)', Hv = (Sy'v) Sy + e Sv, Jv = (Sy'v) vec(SX). H is indefinite away from the
 * solution. Not for concurrent use: scratch arrays are kept.
 */
final class MatrixSensing extends SharedLoss {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "matrix-sensing",
          "Low-rank matrix sensing as hyper-representation: f and g = mean 1/2 (<C, UU'> - o)^2 with"
              + " U = [X, y], x = the first r-1 columns of U, y = the last.",
          "arXiv 2303.03944, hyper-representation by matrix sensing",
          List.of(
              Parameter.requiredInteger("d", Range.closed(1, 1000), "rows of U"),
              Parameter.requiredInteger(
                  "r", Range.closed(2, 1000), "columns of U: r - 1 upper, 1 lower")),
          "{\"c\":[0.3,-1.2,0.7,0.4],\"o\":0.25}",
          "{\"c\":[1.1,0.2,-0.5,0.9],\"o\":-0.1}");

  private static final int C = 0;
  private static final int O = 1;

  private final int d;
  private final int columns;
  private final int p;
  private final double[] sx;
  private final double[] sy;
  private final double[] sv;

  MatrixSensing(Settings settings) {
    this(settings, Checks.integer(settings, "d", 1, 1000), Checks.integer(settings, "r", 2, 1000));
  }

  private MatrixSensing(Settings settings, int d, int r) {
    super(
        INFO,
        d * (r - 1),
        d,
        new SampleSchema(List.of(Field.vector("c", d * d), Field.scalar("o")), false));
    if (r > d) {
      throw new SettingException(
          settings.pathOf("r"), "must be at most d = " + d + ", but was " + r);
    }
    this.d = d;
    columns = r - 1;
    p = d * columns;
    sx = new double[p];
    sy = new double[d];
    sv = new double[d];
  }

  @Override
  public String upperName(int i) {
    return "X." + i % d + "." + i / d;
  }

  /** Scaled columns of the identity: U = 0 would be a stationary point. */
  @Override
  public double[] defaultUpper() {
    double[] x = new double[p];
    for (int k = 0; k < columns; k++) {
      x[k * d + k] = 1 / Math.sqrt(d);
    }
    return x;
  }

  @Override
  public double[] defaultLower() {
    double[] y = new double[d];
    y[columns] = 1 / Math.sqrt(d);
    return y;
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    Arrays.fill(fx, 0, p, 0);
    Arrays.fill(fy, 0, d, 0);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      double e = residual(x, y, xi, r);
      sum += 0.5 * e * e;
      Rows.add(e, sx, 0, fx, p);
      Rows.add(e, sy, 0, fy, d);
    }
    Rows.scale(1.0 / xi.size(), fx, p);
    Rows.scale(1.0 / xi.size(), fy, d);
    return sum / xi.size();
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    Arrays.fill(hv, 0, d, 0);
    for (int r = 0; r < zeta.size(); r++) {
      double e = residual(x, y, zeta, r);
      symmetric(zeta.column(C), r * d * d, v, 0, sv, 0);
      Rows.add(Rows.dot(sy, 0, v, d), sy, 0, hv, d);
      Rows.add(e, sv, 0, hv, d);
    }
    Rows.scale(1.0 / zeta.size(), hv, d);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    Arrays.fill(jv, 0, p, 0);
    for (int r = 0; r < zeta.size(); r++) {
      products(x, y, zeta, r);
      Rows.add(Rows.dot(sy, 0, v, d), sx, 0, jv, p);
    }
    Rows.scale(1.0 / zeta.size(), jv, p);
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    Arrays.fill(gy, 0, d, 0);
    Arrays.fill(hv, 0, d, 0);
    Arrays.fill(jv, 0, p, 0);
    double sum = 0;
    for (int r = 0; r < zeta.size(); r++) {
      double e = residual(x, y, zeta, r);
      sum += 0.5 * e * e;
      symmetric(zeta.column(C), r * d * d, v, 0, sv, 0);
      double syv = Rows.dot(sy, 0, v, d);
      Rows.add(e, sy, 0, gy, d);
      Rows.add(syv, sy, 0, hv, d);
      Rows.add(e, sv, 0, hv, d);
      Rows.add(syv, sx, 0, jv, p);
    }
    Rows.scale(1.0 / zeta.size(), gy, d);
    Rows.scale(1.0 / zeta.size(), hv, d);
    Rows.scale(1.0 / zeta.size(), jv, p);
    return sum / zeta.size();
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    Arrays.fill(h, 0, d * d, 0);
    double[] c = zeta.column(C);
    for (int r = 0; r < zeta.size(); r++) {
      double e = residual(x, y, zeta, r);
      int at = r * d * d;
      Rows.addOuter(1, sy, 0, d, sy, 0, d, h);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          h[i * d + j] += e * (c[at + i * d + j] + c[at + j * d + i]);
        }
      }
    }
    Rows.scale(1.0 / zeta.size(), h, d * d);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    Arrays.fill(j, 0, p * d, 0);
    for (int r = 0; r < zeta.size(); r++) {
      products(x, y, zeta, r);
      Rows.addOuter(1, sx, 0, p, sy, 0, d, j);
    }
    Rows.scale(1.0 / zeta.size(), j, p * d);
  }

  @Override
  double value(double[] x, double[] y, Batch batch) {
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      double e = residual(x, y, batch, r);
      sum += 0.5 * e * e;
    }
    return sum / batch.size();
  }

  @Override
  void gradX(double[] x, double[] y, Batch batch, double[] out) {
    Arrays.fill(out, 0, p, 0);
    for (int r = 0; r < batch.size(); r++) {
      Rows.add(residual(x, y, batch, r), sx, 0, out, p);
    }
    Rows.scale(1.0 / batch.size(), out, p);
  }

  @Override
  double gradY(double[] x, double[] y, Batch batch, double[] out) {
    Arrays.fill(out, 0, d, 0);
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      double e = residual(x, y, batch, r);
      Rows.add(e, sy, 0, out, d);
      sum += 0.5 * e * e;
    }
    Rows.scale(1.0 / batch.size(), out, d);
    return sum / batch.size();
  }

  /** Leaves SX and Sy in scratch and returns e, by &lt;C, uu'&gt; = 1/2 u'Su. */
  private double residual(double[] x, double[] y, Batch batch, int r) {
    products(x, y, batch, r);
    double sum = Rows.dot(sx, 0, x, p) + Rows.dot(sy, 0, y, d);
    return 0.5 * sum - batch.column(O)[r];
  }

  private void products(double[] x, double[] y, Batch batch, int r) {
    double[] c = batch.column(C);
    for (int k = 0; k < columns; k++) {
      symmetric(c, r * d * d, x, k * d, sx, k * d);
    }
    symmetric(c, r * d * d, y, 0, sy, 0);
  }

  /** out = (C + C') u. */
  private void symmetric(double[] c, int at, double[] u, int uAt, double[] out, int outAt) {
    Arrays.fill(out, outAt, outAt + d, 0);
    for (int i = 0; i < d; i++) {
      int row = at + i * d;
      double ui = u[uAt + i];
      double sum = 0;
      for (int j = 0; j < d; j++) {
        double cij = c[row + j];
        sum += cij * u[uAt + j];
        out[outAt + j] += cij * ui;
      }
      out[outAt + i] += sum;
    }
  }
}
