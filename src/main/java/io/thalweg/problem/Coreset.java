package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Coreset selection: weights of m points so that the weighted mean comes close to a target. The
 * lower variable y is to be the mean under the weights softmax(x); with the points as rows of X, m
 * x k:
 *
 * <pre>
 * f = 1/2 |y - target|^2      g = 1/2 |y - X'sigma|^2,  sigma = softmax(x)
 * fx = 0                      gy = y - X'sigma,  H = I
 * fy = y - target             Ju = -(sigma o w - sigma (sigma'w)),  w = X u,  gx = J gy
 * </pre>
 *
 * Points and target belong to the problem; as published (1, 3), (3, 1), (-2, 2), (-3, 2) and (3,
 * -2), which no weights reach. Records carry noise and nothing else, {@code {}} none: z of length
 * k, on the lower level for g + z'y, on the upper one for f + z'y. Not for concurrent use: scratch
 * arrays are kept.
 */
final class Coreset extends FreeProblem {
  private static final double[] POINTS = {1, 3, 3, 1, -2, 2, -3, 2};
  private static final double[] TARGET = {3, -2};
  private static final int MOST = 1000;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "coreset",
          "Coreset selection: f = 1/2 |y - target|^2, g = 1/2 |y - X'softmax(x)|^2 with the points"
              + " as rows of X. A record is noise: f + z'y, g + z'y; {} is the exact problem.",
          "arXiv 2504.17215, coreset example of relaxed gradient flow",
          List.of(
              Parameter.of(
                  "points",
                  Parameter.Kind.NUMBERS,
                  Arrays.stream(POINTS).boxed().toList(),
                  "the points, one after the other"),
              Parameter.of(
                  "target",
                  Parameter.Kind.NUMBERS,
                  Arrays.stream(TARGET).boxed().toList(),
                  "where their weighted mean should lie; its length is that of a point")),
          "{\"z\":[0.02,-0.01]}",
          "{\"z\":[0.01,0.03]}");

  private static final int NOISE = 0;

  private final int m;
  private final int k;
  private final double[] points;
  private final double[] target;

  private final double[] z;
  private final double[] sigma;
  private final double[] gap;
  private final double[] along;

  Coreset(Settings settings) {
    this(settings, target(settings), points(settings));
  }

  private Coreset(Settings settings, double[] target, double[] points) {
    super(
        INFO,
        count(settings, target, points),
        target.length,
        new SampleSchema(List.of(Field.optionalVector("z", target.length)), false),
        new SampleSchema(List.of(Field.optionalVector("z", target.length)), false));
    k = target.length;
    m = points.length / k;
    this.points = points;
    this.target = target;
    z = new double[k];
    sigma = new double[m];
    gap = new double[k];
    along = new double[m];
  }

  private static double[] target(Settings settings) {
    double[] target = Checks.numbers(settings, "target", TARGET);
    Checks.length(settings, "target", target, 1, MOST);
    return target;
  }

  private static double[] points(Settings settings) {
    return Checks.numbers(settings, "points", POINTS);
  }

  private static int count(Settings settings, double[] target, double[] points) {
    if (points.length == 0 || points.length % target.length != 0) {
      throw new SettingException(
          settings.pathOf("points"),
          "must hold "
              + target.length
              + " numbers per point, as the target has, but had "
              + points.length
              + " in all");
    }
    return points.length / target.length;
  }

  /** The mean under equal weights, which is where the lower level lies at x = 0. */
  @Override
  public double[] defaultLower() {
    double[] y = new double[k];
    Rows.mean(points, m, y, k);
    return y;
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    Rows.mean(xi.column(NOISE), xi.size(), z, k);
    double sum = 0;
    for (int i = 0; i < k; i++) {
      double e = y[i] - target[i];
      sum += e * e;
    }
    return 0.5 * sum + Rows.dot(z, 0, y, k);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Arrays.fill(fx, 0, m, 0);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    double f = upperValue(x, y, xi);
    for (int i = 0; i < k; i++) {
      fy[i] = y[i] - target[i] + z[i];
    }
    return f;
  }

  /** sigma = softmax(x) and gap = y - X'sigma. */
  private void weigh(double[] x, double[] y) {
    double most = x[0];
    for (int i = 1; i < m; i++) {
      most = Math.max(most, x[i]);
    }
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sigma[i] = StrictMath.exp(x[i] - most);
      sum += sigma[i];
    }
    Rows.scale(1 / sum, sigma, m);
    System.arraycopy(y, 0, gap, 0, k);
    for (int i = 0; i < m; i++) {
      Rows.add(-sigma[i], points, i * k, gap, k);
    }
  }

  private double lower(double[] y, Batch zeta) {
    Rows.mean(zeta.column(NOISE), zeta.size(), z, k);
    return 0.5 * Rows.dot(gap, 0, gap, k) + Rows.dot(z, 0, y, k);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    weigh(x, y);
    return lower(y, zeta);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    weigh(x, y);
    product(gap, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    weigh(x, y);
    double g = lower(y, zeta);
    for (int i = 0; i < k; i++) {
      gy[i] = gap[i] + z[i];
    }
    return g;
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    System.arraycopy(v, 0, hv, 0, k);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    weigh(x, y);
    product(v, jv);
  }

  /** out = J u at the weights sigma. */
  private void product(double[] u, double[] out) {
    double mean = 0;
    for (int i = 0; i < m; i++) {
      along[i] = Rows.dot(points, i * k, u, k);
      mean += sigma[i] * along[i];
    }
    for (int i = 0; i < m; i++) {
      out[i] = sigma[i] * (mean - along[i]);
    }
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    Arrays.fill(h, 0, k * k, 0);
    for (int i = 0; i < k; i++) {
      h[i * k + i] = 1;
    }
  }

  /** J[i] = sigma_i (X'sigma - X[i]), and X'sigma = y - gap. */
  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    weigh(x, y);
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        j[i * k + l] = sigma[i] * (y[l] - gap[l] - points[i * k + l]);
      }
    }
  }
}
