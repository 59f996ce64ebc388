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
 * A smooth, strongly convex lower level and a quadratic upper one, each the mean of n terms that
 * records bring along with their numbers; the lower level is not quadratic, so that H depends on y:
 *
 * <pre>
 * g_i = 1/2 y'A_i y + y'C_i x + a_i'y + nl sum_j log cosh y_j      A: dy x dy, C: dy x dx, a: dy
 * f_j = 1/2 |y - t_j|^2 + 1/2 rho |x|^2 + r_j'x                    t: dy, r: dx
 * </pre>
 *
 * Per term gy = A y + C x + a + nl tanh y, gx = C'y, Hv = A v + nl (1 - tanh^2 y) o v, J = C', fy =
 * y - t, fx = rho x + r. Of A its symmetric part counts. Matrices lie row by row. The problem P3 of
 * the project: dx 3, dy 4, n 24, nl 0.3, rho 0.5. Not for concurrent use: scratch arrays are kept.
 */
final class FiniteSum extends FreeProblem {
  private static final int MOST_TERMS = 1_000_000;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "finite-sum",
          "Finite sum with a log-cosh lower level: g = mean 1/2 y'Ay + y'Cx + a'y + nl sum log cosh"
              + " y_j, f = mean 1/2 |y - t|^2 + 1/2 rho |x|^2 + r'x; a record is one term, index its"
              + " number; matrices row by row.",
          "test problem P3 of the project",
          List.of(
              Parameter.integer("dx", Range.closed(1, 1000), 3, "length of the upper variable x"),
              Parameter.integer("dy", Range.closed(1, 1000), 4, "length of the lower variable y"),
              Parameter.integer(
                  "terms",
                  Range.closed(1, MOST_TERMS),
                  24,
                  "terms n of either level; index runs from 0 to n - 1"),
              Parameter.number(
                  "nl", Range.NON_NEGATIVE, 0.3, "factor of the lower level's log cosh"),
              Parameter.number(
                  "rho", Range.NON_NEGATIVE, 0.5, "factor of the upper level's 1/2 |x|^2")),
          "{\"index\":0,\"A\":[1.5,0.6,0,0,0.6,1.1,0,0,0,0,1,0,0,0,0,1],"
              + "\"C\":[0.1,0.4,0.4,-0.3,-0.1,0.4,0.4,0.6,0,0,0,0.2],\"a\":[-0.4,-0.6,0.4,0.6]}",
          "{\"index\":0,\"t\":[1.2,1.2,1.6,2.5],\"r\":[0.04,-0.2,-0.4]}");

  private static final int A = 1;
  private static final int C = 2;
  private static final int SHIFT = 3;
  private static final int T = 1;
  private static final int R = 2;

  private static final double LOG_2 = StrictMath.log(2);

  private final int dx;
  private final int dy;
  private final double nl;
  private final double rho;
  private final double[] quadratic;
  private final double[] linear;

  FiniteSum(Settings settings) {
    this(
        settings,
        Checks.integer(settings, "dx", 1, 1000, 3),
        Checks.integer(settings, "dy", 1, 1000, 4),
        Checks.integer(settings, "terms", 1, MOST_TERMS, 24));
  }

  private FiniteSum(Settings settings, int dx, int dy, int n) {
    super(
        INFO,
        dx,
        dy,
        new SampleSchema(
            List.of(
                Field.index("index", n),
                Field.vector("A", dy * dy),
                Field.vector("C", dy * dx),
                Field.vector("a", dy)),
            false),
        new SampleSchema(
            List.of(Field.index("index", n), Field.vector("t", dy), Field.vector("r", dx)), false));
    this.dx = dx;
    this.dy = dy;
    nl = settings.number("nl", 0.3, Range.NON_NEGATIVE);
    rho = settings.number("rho", 0.5, Range.NON_NEGATIVE);
    quadratic = new double[dy];
    linear = new double[dy];
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    double[] t = xi.column(T);
    double[] r = xi.column(R);
    double sum = 0;
    for (int i = 0; i < xi.size(); i++) {
      double distance = 0;
      for (int j = 0; j < dy; j++) {
        double e = y[j] - t[i * dy + j];
        distance += e * e;
      }
      sum += 0.5 * distance + Rows.dot(r, i * dx, x, dx);
    }
    return sum / xi.size() + 0.5 * rho * Rows.dot(x, 0, x, dx);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Rows.mean(xi.column(R), xi.size(), fx, dx);
    Rows.add(rho, x, 0, fx, dx);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    double[] t = xi.column(T);
    Arrays.fill(fy, 0, dy, 0);
    for (int i = 0; i < xi.size(); i++) {
      for (int j = 0; j < dy; j++) {
        fy[j] += y[j] - t[i * dy + j];
      }
    }
    Rows.scale(1.0 / xi.size(), fy, dy);
    return upperValue(x, y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    forces(x, y, zeta);
    return value(y);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    jvp(x, y, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    forces(x, y, zeta);
    for (int j = 0; j < dy; j++) {
      gy[j] = quadratic[j] + linear[j] + nl * StrictMath.tanh(y[j]);
    }
    return value(y);
  }

  /** quadratic = mean of A y, linear = mean of C x + a. */
  private void forces(double[] x, double[] y, Batch zeta) {
    double[] a = zeta.column(A);
    double[] c = zeta.column(C);
    double[] shift = zeta.column(SHIFT);
    Arrays.fill(quadratic, 0);
    Arrays.fill(linear, 0);
    for (int i = 0; i < zeta.size(); i++) {
      addSymmetric(a, i * dy * dy, y, quadratic);
      for (int j = 0; j < dy; j++) {
        linear[j] += Rows.dot(c, (i * dy + j) * dx, x, dx) + shift[i * dy + j];
      }
    }
    Rows.scale(1.0 / zeta.size(), quadratic, dy);
    Rows.scale(1.0 / zeta.size(), linear, dy);
  }

  /** g at y from the forces there. */
  private double value(double[] y) {
    double sum = 0;
    for (int j = 0; j < dy; j++) {
      sum += y[j] * (0.5 * quadratic[j] + linear[j]) + nl * logCosh(y[j]);
    }
    return sum;
  }

  /** Without overflow: |y| + log(1 + e^(-2|y|)) - log 2. */
  private static double logCosh(double y) {
    double size = Math.abs(y);
    return size + StrictMath.log1p(StrictMath.exp(-2 * size)) - LOG_2;
  }

  /** out += 1/2 (M + M') v for the dy x dy matrix at a place of a column. */
  private void addSymmetric(double[] m, int at, double[] v, double[] out) {
    for (int j = 0; j < dy; j++) {
      out[j] += 0.5 * Rows.dot(m, at + j * dy, v, dy);
      Rows.add(0.5 * v[j], m, at + j * dy, out, dy);
    }
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    double[] a = zeta.column(A);
    Arrays.fill(hv, 0, dy, 0);
    for (int i = 0; i < zeta.size(); i++) {
      addSymmetric(a, i * dy * dy, v, hv);
    }
    Rows.scale(1.0 / zeta.size(), hv, dy);
    for (int j = 0; j < dy; j++) {
      hv[j] += curvature(y[j]) * v[j];
    }
  }

  private double curvature(double y) {
    double tanh = StrictMath.tanh(y);
    return nl * (1 - tanh * tanh);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    double[] c = zeta.column(C);
    Arrays.fill(jv, 0, dx, 0);
    for (int i = 0; i < zeta.size(); i++) {
      for (int j = 0; j < dy; j++) {
        Rows.add(v[j], c, (i * dy + j) * dx, jv, dx);
      }
    }
    Rows.scale(1.0 / zeta.size(), jv, dx);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    double[] a = zeta.column(A);
    Arrays.fill(h, 0, dy * dy, 0);
    for (int i = 0; i < zeta.size(); i++) {
      int at = i * dy * dy;
      for (int j = 0; j < dy; j++) {
        for (int k = 0; k < dy; k++) {
          h[j * dy + k] += 0.5 * (a[at + j * dy + k] + a[at + k * dy + j]);
        }
      }
    }
    Rows.scale(1.0 / zeta.size(), h, dy * dy);
    for (int j = 0; j < dy; j++) {
      h[j * dy + j] += curvature(y[j]);
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    double[] c = zeta.column(C);
    Arrays.fill(j, 0, dx * dy, 0);
    for (int i = 0; i < zeta.size(); i++) {
      for (int k = 0; k < dy; k++) {
        for (int l = 0; l < dx; l++) {
          j[l * dy + k] += c[(i * dy + k) * dx + l];
        }
      }
    }
    Rows.scale(1.0 / zeta.size(), j, dx * dy);
  }
}
