package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * An oscillating upper level over a lower one that is convex or not; x and y have length n. With e
 * = B y - x, B symmetric positive definite:
 *
 * <pre>
 * f = sin(c'x + d'y) + log(1 + |x + y|^2)
 * convex:     g = 1/2 |e|^2         gy = B'e       gx = -e      H = B'B,  J = -B
 * nonconvex:  g = cos(1/2 |e|^2)    gy = -S B'e    gx = S e     Hv = B'q, Jv = -q
 *             S, C = sin, cos(1/2 |e|^2),  q = -S B v - C (e'B v) e
 * </pre>
 *
 * and with k = cos(c'x + d'y), s = 2 (x + y) / (1 + |x + y|^2): fx = k c + s, fy = k d + s. The
 * data c, d, B belong to the problem. Records carry noise and nothing else, {@code {}} none: a
 * lower one z of length n for g + z'y, an upper one z of length 2n for f + z'(y, x). Not for
 * concurrent use: scratch arrays are kept.
 */
final class RxgfToy extends FreeProblem {
  private static final String CONVEX = "convex";
  private static final String NONCONVEX = "nonconvex";
  private static final int MOST = 1000;

  /** Relative difference across the diagonal of B that counts as rounding. */
  private static final double ASYMMETRY = 1e-12;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "rxgf-toy",
          "Toy of relaxed gradient flow: f = sin(c'x + d'y) + log(1 + |x + y|^2), g = 1/2 |By -"
              + " x|^2 or, nonconvex, cos(1/2 |By - x|^2). A record is noise: g + z'y, f + z'(y, x);"
              + " {} is the exact problem. Its samples are shown for n = 2.",
          "arXiv 2504.17215, toy examples of relaxed gradient flow",
          List.of(
              Parameter.choice("shape", List.of(CONVEX, NONCONVEX), CONVEX, "lower level"),
              Parameter.requiredNumbers("c", "direction of f in x, length n"),
              Parameter.requiredNumbers("d", "direction of f in y, length n"),
              Parameter.requiredNumbers(
                  "b", "B, symmetric positive definite, n x n numbers row by row")),
          "{\"z\":[0.02,-0.01]}",
          "{\"z\":[0.01,0.03,-0.02,0.01]}");

  private static final int NOISE = 0;

  private final int n;
  private final boolean convex;
  private final double[] c;
  private final double[] d;
  private final double[] b;

  private final double[] z;
  private final double[] w;
  private final double[] e;
  private final double[] bv;
  private final double[] product;

  RxgfToy(Settings settings) {
    this(settings, settings.numbers("c"));
  }

  private RxgfToy(Settings settings, double[] c) {
    super(
        INFO,
        Checks.length(settings, "c", c, 1, MOST),
        c.length,
        new SampleSchema(List.of(Field.optionalVector("z", c.length)), false),
        new SampleSchema(List.of(Field.optionalVector("z", 2 * c.length)), false));
    n = c.length;
    convex = Checks.oneOf(settings, "shape", CONVEX, List.of(CONVEX, NONCONVEX)).equals(CONVEX);
    this.c = c;
    d = settings.numbers("d");
    Checks.length(settings, "d", d, n, n);
    b = settings.numbers("b");
    Checks.length(settings, "b", b, n * n, n * n);
    checkPositiveDefinite(settings);
    z = new double[n];
    w = new double[2 * n];
    e = new double[n];
    bv = new double[n];
    product = new double[n];
  }

  /** Takes what rounding left of an asymmetry out of b, and refuses more. */
  private void checkPositiveDefinite(Settings settings) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double left = b[i * n + j];
        double right = b[j * n + i];
        if (Math.abs(left - right) > ASYMMETRY * Math.max(Math.abs(left), Math.abs(right))) {
          throw new SettingException(
              settings.pathOf("b"),
              "must be symmetric, but row "
                  + i
                  + ", column "
                  + j
                  + " was "
                  + left
                  + " and row "
                  + j
                  + ", column "
                  + i
                  + " was "
                  + right);
        }
        b[i * n + j] = 0.5 * (left + right);
        b[j * n + i] = b[i * n + j];
      }
    }
    DMatrixRMaj copy = new DMatrixRMaj(n, n, true, b.clone());
    if (!DecompositionFactory_DDRM.chol(n, true).decompose(copy)) {
      throw new SettingException(settings.pathOf("b"), "must be positive definite, but was not");
    }
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    upper(xi);
    return StrictMath.sin(phase(x, y)) + StrictMath.log1p(square(x, y)) + tilt(x, y);
  }

  private void upper(Batch xi) {
    Rows.mean(xi.column(NOISE), xi.size(), w, 2 * n);
  }

  private double phase(double[] x, double[] y) {
    return Rows.dot(c, 0, x, n) + Rows.dot(d, 0, y, n);
  }

  /** |x + y|^2. */
  private static double square(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double s = x[i] + y[i];
      sum += s * s;
    }
    return sum;
  }

  /** The noise z'(y, x). */
  private double tilt(double[] x, double[] y) {
    return Rows.dot(w, 0, y, n) + Rows.dot(w, n, x, n);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    upper(xi);
    double phase = phase(x, y);
    double square = square(x, y);
    double k = StrictMath.cos(phase);
    slope(x, y, k, square, c, n, fx);
    slope(x, y, k, square, d, 0, fy);
    return StrictMath.sin(phase) + StrictMath.log1p(square) + tilt(x, y);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    upper(xi);
    slope(x, y, StrictMath.cos(phase(x, y)), square(x, y), c, n, fx);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    upper(xi);
    double phase = phase(x, y);
    double square = square(x, y);
    slope(x, y, StrictMath.cos(phase), square, d, 0, fy);
    return StrictMath.sin(phase) + StrictMath.log1p(square) + tilt(x, y);
  }

  /** out = k direction + 2 (x + y) / (1 + |x + y|^2) + the noise from a place on. */
  private void slope(
      double[] x, double[] y, double k, double square, double[] direction, int at, double[] out) {
    for (int i = 0; i < n; i++) {
      out[i] = k * direction[i] + 2 * (x[i] + y[i]) / (1 + square) + w[at + i];
    }
  }

  /** e = B y - x; returns 1/2 |e|^2. */
  private double residual(double[] x, double[] y) {
    for (int i = 0; i < n; i++) {
      e[i] = Rows.dot(b, i * n, y, n) - x[i];
    }
    return 0.5 * Rows.dot(e, 0, e, n);
  }

  private double lower(double half, double[] y, Batch zeta) {
    Rows.mean(zeta.column(NOISE), zeta.size(), z, n);
    return (convex ? half : StrictMath.cos(half)) + Rows.dot(z, 0, y, n);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    return lower(residual(x, y), y, zeta);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    double half = residual(x, y);
    double factor = convex ? -1 : StrictMath.sin(half);
    for (int i = 0; i < n; i++) {
      gx[i] = factor * e[i];
    }
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    double half = residual(x, y);
    double g = lower(half, y, zeta);
    double factor = convex ? 1 : -StrictMath.sin(half);
    for (int i = 0; i < n; i++) {
      gy[i] = factor * Rows.dot(b, i * n, e, n) + z[i]; // B' = B
    }
    return g;
  }

  /** product = q, the change of e (convex) or of -S e (nonconvex) along v. */
  private void change(double[] x, double[] y, double[] v) {
    double half = residual(x, y);
    for (int i = 0; i < n; i++) {
      bv[i] = Rows.dot(b, i * n, v, n);
    }
    if (convex) {
      System.arraycopy(bv, 0, product, 0, n);
      return;
    }
    double s = StrictMath.sin(half);
    double across = StrictMath.cos(half) * Rows.dot(e, 0, bv, n);
    for (int i = 0; i < n; i++) {
      product[i] = -s * bv[i] - across * e[i];
    }
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    change(x, y, v);
    for (int i = 0; i < n; i++) {
      hv[i] = Rows.dot(b, i * n, product, n);
    }
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    change(x, y, v);
    for (int i = 0; i < n; i++) {
      jv[i] = -product[i];
    }
  }

  /** B'(B) and, nonconvex, -S B'B - C (B'e)(B'e)'. */
  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    double half = residual(x, y);
    double s = convex ? 1 : -StrictMath.sin(half);
    double across = convex ? 0 : StrictMath.cos(half);
    for (int i = 0; i < n; i++) {
      product[i] = Rows.dot(b, i * n, e, n);
    }
    for (int i = 0; i < n; i++) {
      System.arraycopy(b, i * n, bv, 0, n);
      for (int j = 0; j < n; j++) {
        h[i * n + j] = s * Rows.dot(b, j * n, bv, n) - across * product[i] * product[j];
      }
    }
  }

  /** -B and, nonconvex, S B + C e (B'e)'. */
  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    double half = residual(x, y);
    double s = convex ? -1 : StrictMath.sin(half);
    double across = convex ? 0 : StrictMath.cos(half);
    for (int k = 0; k < n; k++) {
      double be = across * Rows.dot(b, k * n, e, n);
      for (int i = 0; i < n; i++) {
        j[i * n + k] = s * b[i * n + k] + be * e[i];
      }
    }
  }
}
