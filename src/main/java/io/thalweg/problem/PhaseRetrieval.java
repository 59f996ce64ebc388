package io.thalweg.problem;

import io.thalweg.oracle.SharpModel;
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
 * Robust phase retrieval: find x, up to its sign, from the squares of measurements, some of which
 * are wrong. The loss of a sample is |(a'x)^2 - b|; with P = a'x, r = P^2 - b, N = |a|^2 and step
 * size s the minimisers of its models are
 *
 * <pre>
 * subgradient  x - 2 s P sgn(r) a
 * prox-linear  x + clip(-s r / (4 s^2 P^2 N), -1, 1) 2 s P a      x where P = 0
 * proximal     the best of x - o a by |(P - o N)^2 - b| + o^2 N / (2 s), over
 *              o in {2 s P / (2 s N + 1), 2 s P / (2 s N - 1), (P + sqrt b) / N, (P - sqrt b) / N}
 * </pre>
 *
 * arXiv 1907.09547. Measurements a ~ N(0, I) of an x of length 1, a share p of them wrong, make it
 * sharp with mu = 1 - 2p and the models Lipschitz with sqrt(d).
 */
final class PhaseRetrieval extends SingleLevel implements SharpModel {
  private static final double USUAL_RATE = 0.2;
  private static final Range RATE = new Range(0, false, 0.5, true);

  static final ProblemInfo INFO =
      new ProblemInfo(
          "phase-retrieval",
          "Robust phase retrieval, one level: f = mean |(a'x)^2 - b|, some of the b wrong.",
          "arXiv 1907.09547",
          List.of(
              Parameter.requiredInteger(
                  "d", Range.closed(1, 1_000_000), "length of a measurement a and of x"),
              Parameter.number(
                  "outlier-rate",
                  RATE,
                  USUAL_RATE,
                  "share p of wrong measurements; the default steps of geometric-step-decay are"
                      + " made of it")),
          "",
          "{\"a\":[0.3,-1.2,0.7],\"b\":0.25}");

  private static final int A = 0;
  private static final int B = 1;

  private final int d;
  private final Sharpness sharpness;

  PhaseRetrieval(Settings settings) {
    this(settings, Checks.integer(settings, "d", 1, 1_000_000));
  }

  private PhaseRetrieval(Settings settings, int d) {
    super(INFO, d, new SampleSchema(List.of(Field.vector("a", d), Field.scalar("b")), false));
    this.d = d;
    double rate = settings.number("outlier-rate", USUAL_RATE);
    if (!RATE.contains(rate)) {
      throw new SettingException(
          settings.pathOf("outlier-rate"),
          "must be in " + RATE + ": nobody can tell when half are wrong, but was " + rate);
    }
    sharpness = new Sharpness(1 - 2 * rate, Math.sqrt(d));
  }

  /** A point of length 1 off every axis: at 0 the loss has no slope to follow. */
  @Override
  public double[] defaultUpper() {
    double[] x = new double[d];
    Arrays.fill(x, 1 / Math.sqrt(d));
    return x;
  }

  @Override
  public Sharpness sharpness() {
    return sharpness;
  }

  @Override
  double value(double[] x, Batch xi) {
    double[] a = xi.column(A);
    double[] b = xi.column(B);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      double p = Rows.dot(a, r * d, x, d);
      sum += Math.abs(p * p - b[r]);
    }
    return sum / xi.size();
  }

  @Override
  double gradient(double[] x, Batch xi, double[] fx) {
    double[] a = xi.column(A);
    double[] b = xi.column(B);
    Arrays.fill(fx, 0, d, 0);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      double p = Rows.dot(a, r * d, x, d);
      double residual = p * p - b[r];
      Rows.add(2 * p * Math.signum(residual), a, r * d, fx, d);
      sum += Math.abs(residual);
    }
    Rows.scale(1.0 / xi.size(), fx, d);
    return sum / xi.size();
  }

  @Override
  public double update(Model model, double step, double[] x, Batch xi, int row) {
    double[] a = xi.column(A);
    double b = xi.column(B)[row];
    double p = Rows.dot(a, row * d, x, d);
    double residual = p * p - b;
    double move =
        switch (model) {
          case SUBGRADIENT -> -2 * step * p * Math.signum(residual);
          case PROX_LINEAR -> linear(p, residual, square(a, row), step);
          case PROXIMAL -> -proximal(p, b, square(a, row), step);
        };
    if (move != 0) {
      Rows.add(move, a, row * d, x, d);
    }
    return Math.abs(residual);
  }

  private double square(double[] a, int row) {
    double sum = 0;
    for (int j = row * d; j < (row + 1) * d; j++) {
      sum += a[j] * a[j];
    }
    return sum;
  }

  private static double linear(double p, double residual, double square, double step) {
    if (p == 0 || square == 0) {
      return 0;
    }
    double share = -step * residual / (4 * step * step * p * p * square);
    return Checks.clip(share, -1, 1) * 2 * step * p;
  }

  /** The o of the best candidate; the first of equals. */
  private static double proximal(double p, double b, double square, double step) {
    if (square == 0) {
      return 0;
    }
    double above = 2 * step * p / (2 * step * square + 1);
    double best = above;
    double least = proximalLoss(above, p, b, square, step);
    if (2 * step * square != 1) {
      double below = 2 * step * p / (2 * step * square - 1);
      double loss = proximalLoss(below, p, b, square, step);
      if (loss < least) {
        best = below;
        least = loss;
      }
    }
    if (b >= 0) {
      double root = Math.sqrt(b);
      for (int sign = 1; sign >= -1; sign -= 2) {
        double exact = (p + sign * root) / square;
        double loss = proximalLoss(exact, p, b, square, step);
        if (loss < least) {
          best = exact;
          least = loss;
        }
      }
    }
    return best;
  }

  private static double proximalLoss(double o, double p, double b, double square, double step) {
    double inner = p - o * square;
    return Math.abs(inner * inner - b) + o * o * square / (2 * step);
  }
}
