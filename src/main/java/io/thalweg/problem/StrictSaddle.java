package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * A strongly convex quadratic lower level under an upper one with a strict saddle at x = 0 and two
 * minimisers; x and y have length 2:
 *
 * <pre>
 * g = 1/2 y'A y - y'B x                                   A = [2 0.5; 0.5 1], B = [1.5 0.25; -0.5 1]
 * f = 1/4 y0^4 - 1/2 y0^2 + 1/2 y1^2 + 0.05 |x|^2
 * </pre>
 *
 * so that gy = A y - B x, gx = -B'y, H = A, J = -B', fy = (y0^3 - y0, y1), fx = 0.1 x. Records
 * carry noise and nothing else, {@code {}} none: a lower one z of length 6, an upper one z of
 * length 4,
 *
 * <pre>
 * A + s-a diag(z0, z1),  B + s-b diag(z2, z3),  g + s-n (z4, z5)'y,  f + s-f z'(y, x)
 * </pre>
 *
 * The problem P1 of the project, in the manner of arXiv 2202.03684. Not for concurrent use: scratch
 * arrays are kept.
 */
final class StrictSaddle extends FreeProblem {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "strict-saddle",
          "Strict saddle at x = 0: g = 1/2 y'Ay - y'Bx, f = 1/4 y0^4 - 1/2 y0^2 + 1/2 y1^2 + 0.05"
              + " |x|^2. A record is noise: A + s-a diag(z0, z1), B + s-b diag(z2, z3), g + s-n (z4,"
              + " z5)'y, f + s-f z'(y, x); {} is the exact problem.",
          "test problem P1 of the project, in the manner of arXiv 2202.03684",
          List.of(
              Parameter.number("s-a", Range.NON_NEGATIVE, 0.2, "scale of the noise on A"),
              Parameter.number("s-b", Range.NON_NEGATIVE, 0.2, "scale of the noise on B"),
              Parameter.number(
                  "s-n", Range.NON_NEGATIVE, 0.1, "scale of the noise on the lower gradient"),
              Parameter.number(
                  "s-f", Range.NON_NEGATIVE, 0.1, "scale of the noise on the upper gradients")),
          "{\"z\":[0.3,-1.2,0.5,0.1,-0.7,1.9]}",
          "{\"z\":[-0.4,0.8,0.2,-1.1]}");

  private static final int NOISE = 0;

  private final double sa;
  private final double sb;
  private final double sn;
  private final double sf;

  /** The batch's mean noise, and A, B and the noise on gy made of it. */
  private final double[] z = new double[6];

  private final double[] w = new double[4];
  private final double[] a = new double[4];
  private final double[] b = new double[4];
  private final double[] n = new double[2];

  StrictSaddle(Settings settings) {
    super(
        INFO,
        2,
        2,
        new SampleSchema(List.of(Field.optionalVector("z", 6)), false),
        new SampleSchema(List.of(Field.optionalVector("z", 4)), false));
    sa = settings.number("s-a", 0.2, Range.NON_NEGATIVE);
    sb = settings.number("s-b", 0.2, Range.NON_NEGATIVE);
    sn = settings.number("s-n", 0.1, Range.NON_NEGATIVE);
    sf = settings.number("s-f", 0.1, Range.NON_NEGATIVE);
  }

  /** The lower level is affine in its noise: the mean over the rows is that of their mean. */
  private void lower(Batch zeta) {
    Rows.mean(zeta.column(NOISE), zeta.size(), z, 6);
    a[0] = 2 + sa * z[0];
    a[1] = 0.5;
    a[2] = 0.5;
    a[3] = 1 + sa * z[1];
    b[0] = 1.5 + sb * z[2];
    b[1] = 0.25;
    b[2] = -0.5;
    b[3] = 1 + sb * z[3];
    n[0] = sn * z[4];
    n[1] = sn * z[5];
  }

  private void upper(Batch xi) {
    Rows.mean(xi.column(NOISE), xi.size(), w, 4);
    Rows.scale(sf, w, 4);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    upper(xi);
    double square = y[0] * y[0];
    return 0.25 * square * square
        - 0.5 * square
        + 0.5 * y[1] * y[1]
        + 0.05 * (x[0] * x[0] + x[1] * x[1])
        + (w[0] * y[0] + w[1] * y[1] + w[2] * x[0] + w[3] * x[1]);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    upper(xi);
    fx[0] = 0.1 * x[0] + w[2];
    fx[1] = 0.1 * x[1] + w[3];
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    double f = upperValue(x, y, xi);
    fy[0] = y[0] * y[0] * y[0] - y[0] + w[0];
    fy[1] = y[1] + w[1];
    return f;
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    lower(zeta);
    return value(x, y);
  }

  private double value(double[] x, double[] y) {
    double quadratic = y[0] * (a[0] * y[0] + a[1] * y[1]) + y[1] * (a[2] * y[0] + a[3] * y[1]);
    double coupling = y[0] * (b[0] * x[0] + b[1] * x[1]) + y[1] * (b[2] * x[0] + b[3] * x[1]);
    return 0.5 * quadratic - coupling + n[0] * y[0] + n[1] * y[1];
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    jvp(x, y, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    lower(zeta);
    for (int i = 0; i < 2; i++) {
      gy[i] =
          a[2 * i] * y[0] + a[2 * i + 1] * y[1] - (b[2 * i] * x[0] + b[2 * i + 1] * x[1]) + n[i];
    }
    return value(x, y);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    lower(zeta);
    hv[0] = a[0] * v[0] + a[1] * v[1];
    hv[1] = a[2] * v[0] + a[3] * v[1];
  }

  /** Subtracts from 0, so that a zero keeps its sign. */
  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    lower(zeta);
    jv[0] = 0.0 - (b[0] * v[0] + b[2] * v[1]);
    jv[1] = 0.0 - (b[1] * v[0] + b[3] * v[1]);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    lower(zeta);
    System.arraycopy(a, 0, h, 0, 4);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    lower(zeta);
    j[0] = -b[0];
    j[1] = -b[2];
    j[2] = -b[1];
    j[3] = -b[3];
  }
}
