package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * A minimax problem, strongly concave in y, with a strict saddle of max over y of f at x = 0 and
 * two minimisers; x and y have length 2:
 *
 * <pre>
 * f = 1/4 x0^4 - 1/2 x0^2 + 1/2 x1^2 + x'E y - 1/2 y'W y      E = [0.5 0.2; 0 1], W = [2 0.3; 0.3 1]
 * fx = (x0^3 - x0, x1) + E y,   fy = E'x - W y,   y* = W^-1 E'x
 * </pre>
 *
 * Records carry noise and nothing else, {@code {}} none: z of length 4 for f + z'(y, x). The
 * problem P2 of the project, in the manner of arXiv 2202.03684. Not for concurrent use: scratch
 * arrays are kept.
 */
final class MinimaxSaddle extends Minimax {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "minimax-saddle",
          "Minimax problem (g = -f) with a strict saddle at x = 0: f = 1/4 x0^4 - 1/2 x0^2 + 1/2"
              + " x1^2 + x'Ey - 1/2 y'Wy. A record is noise: f + z'(y, x); {} is the exact problem.",
          "test problem P2 of the project, in the manner of arXiv 2202.03684",
          List.of(),
          "{\"z\":[0.02,-0.01,0.03,0.01]}",
          "{\"z\":[-0.04,0.05,0.01,-0.02]}");

  private static final int NOISE = 0;
  private static final double E00 = 0.5;
  private static final double E01 = 0.2;
  private static final double E11 = 1;
  private static final double W00 = 2;
  private static final double W01 = 0.3;
  private static final double W11 = 1;

  private final double[] z = new double[4];

  /**
   * The problem, which has no keys.
   *
   * @param settings keys of the problem
   */
  MinimaxSaddle(Settings settings) {
    super(INFO, 2, 2, new SampleSchema(List.of(Field.optionalVector("z", 4)), false));
  }

  private void noise(Batch batch) {
    Rows.mean(batch.column(NOISE), batch.size(), z, 4);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    noise(xi);
    return value(x, y);
  }

  private double value(double[] x, double[] y) {
    double square = x[0] * x[0];
    double coupling = x[0] * (E00 * y[0] + E01 * y[1]) + x[1] * (E11 * y[1]);
    double quadratic = y[0] * (W00 * y[0] + W01 * y[1]) + y[1] * (W01 * y[0] + W11 * y[1]);
    return 0.25 * square * square
        - 0.5 * square
        + 0.5 * x[1] * x[1]
        + coupling
        - 0.5 * quadratic
        + (z[0] * y[0] + z[1] * y[1] + z[2] * x[0] + z[3] * x[1]);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    noise(xi);
    fx[0] = x[0] * x[0] * x[0] - x[0] + (E00 * y[0] + E01 * y[1]) + z[2];
    fx[1] = x[1] + E11 * y[1] + z[3];
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch batch, double[] fy) {
    noise(batch);
    fy[0] = E00 * x[0] - (W00 * y[0] + W01 * y[1]) + z[0];
    fy[1] = E01 * x[0] + E11 * x[1] - (W01 * y[0] + W11 * y[1]) + z[1];
    return value(x, y);
  }

  @Override
  void payoffYY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    double first = W00 * v[0] + W01 * v[1];
    double second = W01 * v[0] + W11 * v[1];
    out[0] = -first;
    out[1] = -second;
  }

  @Override
  void payoffXY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    out[0] = E00 * v[0] + E01 * v[1];
    out[1] = E11 * v[1];
  }
}
