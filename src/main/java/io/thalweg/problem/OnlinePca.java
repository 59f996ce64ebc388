package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * The leading principal component, one sample at a time: minimise -1/2 E (w'X)^2 on the unit
 * sphere. Written as the quotient that equals it there and whose gradient is tangent by itself:
 *
 * <pre>
 * f(w; X) = -1/2 (w'X)^2 / |w|^2,   df/dw = -(a X - a^2 w / |w|^2) / |w|^2,  a = w'X
 * </pre>
 *
 * so that on the sphere the gradient is the projected one, -(a X - a^2 w): arXiv 1802.05155. The
 * solutions are the unit eigenvectors of the largest eigenvalue of E XX', those of the others are
 * saddles. At w = 0 neither is defined, and the step is refused.
 */
final class OnlinePca extends SingleLevel {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "online-pca",
          "Leading principal component of a stream, one level: f = mean -1/2 (w'X)^2 on the unit"
              + " sphere.",
          "arXiv 1802.05155",
          List.of(
              Parameter.requiredInteger(
                  "d", Range.closed(1, 1_000_000), "length of a sample X and of w")),
          "",
          "{\"x\":[1.2,-0.4,0.7]}");

  private static final int X = 0;

  private final int d;

  OnlinePca(Settings settings) {
    this(Checks.integer(settings, "d", 1, 1_000_000));
  }

  private OnlinePca(int d) {
    super(INFO, d, new SampleSchema(List.of(Field.features("x", d)), false));
    this.d = d;
  }

  @Override
  public String upperName(int i) {
    return "w." + i;
  }

  /** The second unit vector, a saddle of the reference experiment; the first where it is alone. */
  @Override
  public double[] defaultUpper() {
    double[] w = new double[d];
    w[Math.min(1, d - 1)] = 1;
    return w;
  }

  @Override
  public String defaultConstraint() {
    return "sphere";
  }

  @Override
  double value(double[] w, Batch xi) {
    double[] rows = xi.column(X);
    double square = Rows.dot(w, 0, w, d);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      double a = Rows.dot(rows, r * d, w, d);
      sum -= 0.5 * a * a;
    }
    return sum / square / xi.size();
  }

  @Override
  double gradient(double[] w, Batch xi, double[] fw) {
    double[] rows = xi.column(X);
    double square = Rows.dot(w, 0, w, d);
    double squares = 0;
    Arrays.fill(fw, 0, d, 0);
    for (int r = 0; r < xi.size(); r++) {
      double a = Rows.dot(rows, r * d, w, d);
      Rows.add(-a, rows, r * d, fw, d);
      squares += a * a;
    }
    Rows.add(squares / square, w, 0, fw, d);
    Rows.scale(1 / (square * xi.size()), fw, d);
    return -0.5 * squares / square / xi.size();
  }
}
