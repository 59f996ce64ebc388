package io.thalweg.problem;

import io.thalweg.linalg.RealRoots;
import io.thalweg.oracle.SharpModel;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Robust blind deconvolution: find w and x, up to a factor that goes from one to the other, from
 * products of measurements, some of which are wrong. The upper variable is w, then x. The loss of a
 * sample is |(l'w)(r'x) - b|; with P = l'w, Q = r'x, e = PQ - b and step size s the minimisers of
 * its models are
 *
 * <pre>
 * subgradient  w - s sgn(e) Q l,  x - s sgn(e) P r
 * prox-linear  w + o s Q l,       x + o s P r,    o = clip(-s e / (s^2 (Q^2 |l|^2 + P^2 |r|^2)), -1, 1)
 * proximal     w + (p - P) / |l|^2 l,  x + (q - Q) / |r|^2 r, the best (p, q) by
 *              |pq - b| + ((p - P)^2 / |l|^2 + (q - Q)^2 / |r|^2) / (2 s)
 * </pre>
 *
 * The candidates (p, q) are the stationary points where pq is above b and where it is below, p = (P
 * - t s |l|^2 Q) / D, q = (Q - t s |r|^2 P) / D, t = 1 and -1, D = 1 - s^2 |l|^2 |r|^2; and the
 * points of the curve pq = b next to (P, Q), whose p are the real roots of |r|^2 p^4 - |r|^2 P p^3
 * + |l|^2 b Q p - |l|^2 b^2. arXiv 1907.09547. Not for concurrent use: scratch is kept.
 */
final class BlindDeconvolution extends SingleLevel implements SharpModel {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "blind-deconvolution",
          "Robust blind deconvolution, one level: f = mean |(l'w)(r'x) - b|, some of the b wrong.",
          "arXiv 1907.09547",
          List.of(
              Parameter.requiredInteger(
                  "d1", Range.closed(1, 1_000_000), "length of a measurement l and of w"),
              Parameter.requiredInteger(
                  "d2", Range.closed(1, 1_000_000), "length of a measurement r and of x")),
          "",
          "{\"l\":[0.3,-1.2],\"r\":[0.7,0.1,-0.4],\"b\":0.25}");

  private static final int L = 0;
  private static final int R = 1;
  private static final int B = 2;

  private final int d1;
  private final int d2;
  private final RealRoots roots = new RealRoots(4);
  private final double[] quartic = new double[5];
  private final double[] real = new double[4];

  /** What the proximal update knows of a sample and the best candidate so far. */
  private double bigP;

  private double bigQ;
  private double target;
  private double squareL;
  private double squareR;
  private double size;
  private double bestP;
  private double bestQ;
  private double least;

  BlindDeconvolution(Settings settings) {
    this(
        Checks.integer(settings, "d1", 1, 1_000_000), Checks.integer(settings, "d2", 1, 1_000_000));
  }

  private BlindDeconvolution(int d1, int d2) {
    super(
        INFO,
        d1 + d2,
        new SampleSchema(
            List.of(Field.vector("l", d1), Field.vector("r", d2), Field.scalar("b")), false));
    this.d1 = d1;
    this.d2 = d2;
  }

  @Override
  public String upperName(int i) {
    return i < d1 ? "w." + i : "x." + (i - d1);
  }

  /** Two points of length 1 off every axis: at 0 the loss has no slope to follow. */
  @Override
  public double[] defaultUpper() {
    double[] wx = new double[d1 + d2];
    Arrays.fill(wx, 0, d1, 1 / Math.sqrt(d1));
    Arrays.fill(wx, d1, d1 + d2, 1 / Math.sqrt(d2));
    return wx;
  }

  @Override
  double value(double[] wx, Batch xi) {
    double[] b = xi.column(B);
    double sum = 0;
    for (int row = 0; row < xi.size(); row++) {
      sum += Math.abs(left(wx, xi, row) * right(wx, xi, row) - b[row]);
    }
    return sum / xi.size();
  }

  @Override
  double gradient(double[] wx, Batch xi, double[] fx) {
    double[] b = xi.column(B);
    Arrays.fill(fx, 0, d1 + d2, 0);
    double sum = 0;
    for (int row = 0; row < xi.size(); row++) {
      double p = left(wx, xi, row);
      double q = right(wx, xi, row);
      double residual = p * q - b[row];
      double sign = Math.signum(residual);
      move(fx, xi, row, sign * q, sign * p);
      sum += Math.abs(residual);
    }
    Rows.scale(1.0 / xi.size(), fx, d1 + d2);
    return sum / xi.size();
  }

  /** l'w. */
  private double left(double[] wx, Batch xi, int row) {
    return Rows.dot(xi.column(L), row * d1, wx, d1);
  }

  /** r'x. */
  private double right(double[] wx, Batch xi, int row) {
    double[] r = xi.column(R);
    double sum = 0;
    for (int j = 0; j < d2; j++) {
      sum += r[row * d2 + j] * wx[d1 + j];
    }
    return sum;
  }

  /** w += byL l, x += byR r. */
  private void move(double[] wx, Batch xi, int row, double byL, double byR) {
    Rows.add(byL, xi.column(L), row * d1, wx, d1);
    double[] r = xi.column(R);
    for (int j = 0; j < d2; j++) {
      wx[d1 + j] += byR * r[row * d2 + j];
    }
  }

  @Override
  public double update(Model model, double step, double[] wx, Batch xi, int row) {
    double p = left(wx, xi, row);
    double q = right(wx, xi, row);
    double b = xi.column(B)[row];
    double residual = p * q - b;
    switch (model) {
      case SUBGRADIENT -> {
        double by = -step * Math.signum(residual);
        move(wx, xi, row, by * q, by * p);
      }
      case PROX_LINEAR -> {
        double slope =
            q * q * square(xi.column(L), row, d1) + p * p * square(xi.column(R), row, d2);
        if (slope > 0) {
          double by = Checks.clip(-step * residual / (step * step * slope), -1, 1) * step;
          move(wx, xi, row, by * q, by * p);
        }
      }
      case PROXIMAL -> {
        squareL = square(xi.column(L), row, d1);
        squareR = square(xi.column(R), row, d2);
        // where l or r is 0 the loss is b whatever w and x are
        if (squareL > 0 && squareR > 0) {
          search(p, q, b, step);
          move(wx, xi, row, (bestP - p) / squareL, (bestQ - q) / squareR);
        }
      }
    }
    return Math.abs(residual);
  }

  private static double square(double[] rows, int row, int d) {
    double sum = 0;
    for (int j = row * d; j < (row + 1) * d; j++) {
      sum += rows[j] * rows[j];
    }
    return sum;
  }

  /** Finds the best (p, q); standing still is what the others have to beat. */
  private void search(double p, double q, double b, double step) {
    bigP = p;
    bigQ = q;
    target = b;
    size = step;
    bestP = p;
    bestQ = q;
    least = Math.abs(p * q - b);
    double both = 1 - step * step * squareL * squareR;
    if (both != 0) {
      for (int sign = 1; sign >= -1; sign -= 2) {
        consider((p - sign * step * squareL * q) / both, (q - sign * step * squareR * p) / both);
      }
    }
    if (b == 0) {
      consider(0, q);
      consider(p, 0);
      return;
    }
    quartic[0] = -squareL * b * b;
    quartic[1] = squareL * b * q;
    quartic[2] = 0;
    quartic[3] = -squareR * p;
    quartic[4] = squareR;
    int found = roots.of(quartic, real);
    for (int i = 0; i < found; i++) {
      if (real[i] != 0) {
        consider(real[i], b / real[i]);
      }
    }
  }

  private void consider(double p, double q) {
    double awayP = p - bigP;
    double awayQ = q - bigQ;
    double loss =
        Math.abs(p * q - target) + (awayP * awayP / squareL + awayQ * awayQ / squareR) / (2 * size);
    if (loss < least) {
      least = loss;
      bestP = p;
      bestQ = q;
    }
  }
}
