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
 * The bilevel game whose lower level is a possibly singular quadratic, so that it satisfies the
 * Polyak-Lojasiewicz inequality without being strongly convex. With the vectors of one sample:
 *
 * <pre>
 * f_i(x, y) = 1/2 (p'x)^2 + c (a'x)(b'y) + s'x + t'y      upper sample p, a, s: dx; b, t: dy
 * g_i(x, y) = 1/2 (q'y)^2 + c (a'x)(b'y) + e'y            lower sample q, b, e: dy; a: dx
 * </pre>
 *
 * so that per sample fx = (p'x)p + c(b'y)a + s, fy = c(a'x)b + t, gx = c(b'y)a, gy = (q'y)q +
 * c(a'x)b + e, H = qq', J = c ab'. The game is that of arXiv 2303.03944.
 */
final class PolyakGame extends FreeProblem {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "pl-game",
          "Quadratic bilevel game with a singular lower level: f = mean 1/2 (p'x)^2 + c (a'x)(b'y)"
              + " + s'x + t'y, g = mean 1/2 (q'y)^2 + c (a'x)(b'y) + e'y.",
          "arXiv 2303.03944, bilevel Polyak-Lojasiewicz game",
          List.of(
              Parameter.requiredInteger(
                  "dx", Range.closed(1, 1_000_000), "length of the upper variable x"),
              Parameter.requiredInteger(
                  "dy", Range.closed(1, 1_000_000), "length of the lower variable y"),
              Parameter.number("c", Range.ANY, 1, "factor of the coupling (a'x)(b'y)")),
          "{\"q\":[0.3,-0.1],\"a\":[0.2],\"b\":[0.5,0.4],\"e\":[0.01,0.02]}",
          "{\"p\":[0.7],\"a\":[0.1],\"b\":[0.2,-0.3],\"s\":[0.05],\"t\":[0.0,0.1]}");

  private static final int Q = 0;
  private static final int A = 1;
  private static final int B = 2;
  private static final int E = 3;
  private static final int P = 0;
  private static final int S = 3;
  private static final int T = 4;

  private final int dx;
  private final int dy;
  private final double coupling;
  private final RankOneSums sums = new RankOneSums();
  private double[] shares = new double[0];

  PolyakGame(Settings settings) {
    this(
        settings,
        Checks.integer(settings, "dx", 1, 1_000_000),
        Checks.integer(settings, "dy", 1, 1_000_000));
  }

  private PolyakGame(Settings settings, int dx, int dy) {
    super(INFO, dx, dy, lower(dx, dy), upper(dx, dy));
    this.dx = dx;
    this.dy = dy;
    coupling = settings.number("c", 1);
  }

  private static SampleSchema lower(int dx, int dy) {
    return new SampleSchema(
        List.of(
            Field.vector("q", dy),
            Field.vector("a", dx),
            Field.vector("b", dy),
            Field.optionalVector("e", dy)),
        false);
  }

  private static SampleSchema upper(int dx, int dy) {
    return new SampleSchema(
        List.of(
            Field.vector("p", dx),
            Field.vector("a", dx),
            Field.vector("b", dy),
            Field.optionalVector("s", dx),
            Field.optionalVector("t", dy)),
        false);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    double[] p = xi.column(P);
    double[] a = xi.column(A);
    double[] b = xi.column(B);
    double[] s = xi.column(S);
    double[] t = xi.column(T);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      double px = Rows.dot(p, r * dx, x, dx);
      sum +=
          0.5 * px * px
              + coupling * Rows.dot(a, r * dx, x, dx) * Rows.dot(b, r * dy, y, dy)
              + Rows.dot(s, r * dx, x, dx)
              + Rows.dot(t, r * dy, y, dy);
    }
    return sum / xi.size();
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    double[] q = zeta.column(Q);
    double[] a = zeta.column(A);
    double[] b = zeta.column(B);
    double[] e = zeta.column(E);
    double sum = 0;
    for (int r = 0; r < zeta.size(); r++) {
      double qy = Rows.dot(q, r * dy, y, dy);
      sum +=
          0.5 * qy * qy
              + coupling * Rows.dot(a, r * dx, x, dx) * Rows.dot(b, r * dy, y, dy)
              + Rows.dot(e, r * dy, y, dy);
    }
    return sum / zeta.size();
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    double[] p = xi.column(P);
    double[] a = xi.column(A);
    double[] b = xi.column(B);
    double[] s = xi.column(S);
    Arrays.fill(fx, 0, dx, 0);
    for (int r = 0; r < xi.size(); r++) {
      Rows.add(Rows.dot(p, r * dx, x, dx), p, r * dx, fx, dx);
      Rows.add(coupling * Rows.dot(b, r * dy, y, dy), a, r * dx, fx, dx);
      Rows.add(1, s, r * dx, fx, dx);
    }
    Rows.scale(1.0 / xi.size(), fx, dx);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    double[] a = xi.column(A);
    double[] b = xi.column(B);
    double[] t = xi.column(T);
    Arrays.fill(fy, 0, dy, 0);
    for (int r = 0; r < xi.size(); r++) {
      Rows.add(coupling * Rows.dot(a, r * dx, x, dx), b, r * dy, fy, dy);
      Rows.add(1, t, r * dy, fy, dy);
    }
    Rows.scale(1.0 / xi.size(), fy, dy);
    return upperValue(x, y, xi);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    jvp(x, y, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    double[] q = zeta.column(Q);
    double[] a = zeta.column(A);
    double[] b = zeta.column(B);
    double[] e = zeta.column(E);
    Arrays.fill(gy, 0, dy, 0);
    double sum = 0;
    for (int r = 0; r < zeta.size(); r++) {
      double qy = Rows.dot(q, r * dy, y, dy);
      double ax = coupling * Rows.dot(a, r * dx, x, dx);
      Rows.add(qy, q, r * dy, gy, dy);
      Rows.add(ax, b, r * dy, gy, dy);
      Rows.add(1, e, r * dy, gy, dy);
      sum += 0.5 * qy * qy + ax * Rows.dot(b, r * dy, y, dy) + Rows.dot(e, r * dy, y, dy);
    }
    Rows.scale(1.0 / zeta.size(), gy, dy);
    return sum / zeta.size();
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    double[] q = zeta.column(Q);
    Arrays.fill(hv, 0, dy, 0);
    for (int r = 0; r < zeta.size(); r++) {
      Rows.add(Rows.dot(q, r * dy, v, dy), q, r * dy, hv, dy);
    }
    Rows.scale(1.0 / zeta.size(), hv, dy);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    double[] a = zeta.column(A);
    double[] b = zeta.column(B);
    Arrays.fill(jv, 0, dx, 0);
    for (int r = 0; r < zeta.size(); r++) {
      Rows.add(coupling * Rows.dot(b, r * dy, v, dy), a, r * dx, jv, dx);
    }
    Rows.scale(1.0 / zeta.size(), jv, dx);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    Arrays.fill(h, 0, dy * dy, 0);
    sums.addSquares(zeta.column(Q), dy, zeta.size(), shares(1, zeta), h, dy);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    double[] a = zeta.column(A);
    double[] b = zeta.column(B);
    Arrays.fill(j, 0, dx * dy, 0);
    sums.addOuters(a, dx, b, dy, zeta.size(), shares(coupling, zeta), j);
  }

  /** A share of a factor for every row. */
  private double[] shares(double factor, Batch batch) {
    if (shares.length < batch.size()) {
      shares = new double[batch.capacity()];
    }
    Arrays.fill(shares, 0, batch.size(), factor / batch.size());
    return shares;
  }
}
