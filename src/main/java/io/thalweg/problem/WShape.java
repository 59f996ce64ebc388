package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * A minimax problem that a method leaves only along one coordinate, in which the objective is flat
 * and shaped like a W; x has length 3, y length 2:
 *
 * <pre>
 * f = w(x2) - y0^2 / 40 + x0 y0 - 5/2 y1^2 + x1 y1,      y* = (20 x0, x1 / 5)
 *
 * w even; with s = sqrt(e), for t &gt;= 0:
 *   -s t^2 + t^3 / 3                        t &lt;= s
 *   -e t + s^3 / 3                          s &lt; t &lt;= l s
 *   s q^2 + q^3 / 3 - (3 l + 1) s^3 / 3     beyond, q = t - (l + 1) s
 * </pre>
 *
 * w is once continuously differentiable, w''(0) = -2 s, and its minima lie at |x2| = (l + 1) s.
 * Records carry noise and nothing else, {@code {}} none: z of length 5 for f + z'(y, x). In the
 * manner of arXiv 2202.03684. Not for concurrent use: scratch arrays are kept.
 */
final class WShape extends Minimax {
  private static final Range LENGTHS = new Range(1, false, Double.POSITIVE_INFINITY, true);

  static final ProblemInfo INFO =
      new ProblemInfo(
          "w-shape",
          "Minimax problem (g = -f) with a flat saddle at x = 0: f = w(x2) - y0^2/40 + x0 y0 -"
              + " 5/2 y1^2 + x1 y1, w an even, W-shaped function. A record is noise: f + z'(y, x);"
              + " {} is the exact problem.",
          "W-shaped test problem of the project, in the manner of arXiv 2202.03684",
          List.of(
              Parameter.number("e", Range.POSITIVE, 0.01, "slope of the W's legs"),
              Parameter.number(
                  "l",
                  LENGTHS,
                  5,
                  "length of the W's legs; its minima lie at |x2| = (l + 1) sqrt(e)")),
          "{\"z\":[0.02,-0.01,0.03,0.01,-0.02]}",
          "{\"z\":[-0.04,0.05,0.01,-0.02,0.01]}");

  private static final int NOISE = 0;

  private final double e;
  private final double l;
  private final double s;
  private final double[] z = new double[5];

  WShape(Settings settings) {
    super(INFO, 3, 2, new SampleSchema(List.of(Field.optionalVector("z", 5)), false));
    e = settings.number("e", 0.01, Range.POSITIVE);
    l = settings.number("l", 5, LENGTHS);
    s = Math.sqrt(e);
  }

  private void noise(Batch batch) {
    Rows.mean(batch.column(NOISE), batch.size(), z, 5);
  }

  /** w at t. */
  private double shape(double at) {
    double t = Math.abs(at);
    if (t <= s) {
      return -s * t * t + t * t * t / 3;
    }
    double cube = s * s * s / 3;
    if (t <= l * s) {
      return -e * t + cube;
    }
    double q = t - (l + 1) * s;
    return s * q * q + q * q * q / 3 - (3 * l + 1) * cube;
  }

  /** w' at t, which is odd. */
  private double slope(double at) {
    double t = Math.abs(at);
    double slope;
    if (t <= s) {
      slope = -2 * s * t + t * t;
    } else if (t <= l * s) {
      slope = -e;
    } else {
      double q = t - (l + 1) * s;
      slope = 2 * s * q + q * q;
    }
    return at < 0 ? 0.0 - slope : slope;
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    noise(xi);
    return value(x, y);
  }

  private double value(double[] x, double[] y) {
    return shape(x[2])
        - y[0] * y[0] / 40
        + x[0] * y[0]
        - 2.5 * y[1] * y[1]
        + x[1] * y[1]
        + (z[0] * y[0] + z[1] * y[1] + z[2] * x[0] + z[3] * x[1] + z[4] * x[2]);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    noise(xi);
    fx[0] = y[0] + z[2];
    fx[1] = y[1] + z[3];
    fx[2] = slope(x[2]) + z[4];
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch batch, double[] fy) {
    noise(batch);
    fy[0] = x[0] - y[0] / 20 + z[0];
    fy[1] = x[1] - 5 * y[1] + z[1];
    return value(x, y);
  }

  @Override
  void payoffYY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    out[0] = -v[0] / 20;
    out[1] = -5 * v[1];
  }

  @Override
  void payoffXY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    out[0] = v[0];
    out[1] = v[1];
    out[2] = 0;
  }
}
