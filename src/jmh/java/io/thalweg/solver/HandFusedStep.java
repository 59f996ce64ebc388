package io.thalweg.solver;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * What one would write by hand for one job: msgbio or vr-msgbio with the linear-system option on
 * dense logistic regression with a log-scaled L2 weight per feature and a bias, at the default
 * settings and rows of weight 1. The arithmetic is the solver's, the losses and the prequential
 * score included, but everything is one class on plain arrays: loops over the state are merged, fy
 * goes straight into r, the penalty weights of the previous point are kept, its margins serve as
 * scores, and nobody asks for a loss that is not needed. It is what the solver is measured against.
 */
final class HandFusedStep {
  private static final double STEP = 0.1;
  private static final double SHIFT = 8;
  private static final double LOW = -12;
  private static final double HIGH = 4;

  private final boolean storm;
  private final int n;
  private final int rows;
  private long t;
  private Point now;
  private Point next;

  // directions at the previous point
  private final double[] wBefore;
  private final double[] vBefore;
  private final double[] rBefore;

  // per row: margins and products of both points, then factors
  private final double[] m;
  private final double[] a;
  private final double[] f;
  private double lossSum;
  double lowerLoss;
  double upperLoss;
  final double[] scores = new double[3];

  private static final class Point {
    final double[] x;
    final double[] e;
    final double[] y;
    final double[] z;
    final double[] w;
    final double[] v;
    final double[] r;

    Point(int n) {
      x = new double[n];
      e = new double[n];
      y = new double[n + 1];
      z = new double[n + 1];
      w = new double[n];
      v = new double[n + 1];
      r = new double[n + 1];
    }
  }

  HandFusedStep(boolean storm, SampleSchema schema, int rows, double[] x1) {
    this.storm = storm;
    this.rows = rows;
    n = schema.fields().get(0).width();
    now = new Point(n);
    next = new Point(n);
    System.arraycopy(x1, 0, now.x, 0, n);
    wBefore = new double[n];
    vBefore = new double[n + 1];
    rBefore = new double[n + 1];
    m = new double[rows];
    a = new double[rows];
    f = new double[rows];
  }

  /** Takes one step; false, with the old state standing, when the new one would not be finite. */
  boolean step(Batch lower, Batch upper) {
    double[] la = lower.column(0);
    double[] lb = lower.column(1);
    double[] ua = upper.column(0);
    double[] ub = upper.column(1);
    Point p = now;
    Point s = next;
    double weight;
    if (t == 0) {
      System.arraycopy(p.x, 0, s.x, 0, n);
      for (int j = 0; j < n; j++) {
        s.e[j] = StrictMath.exp(s.x[j]);
      }
      weight = 1;
    } else {
      double eta = 1 / (storm ? StrictMath.cbrt(SHIFT + t) : Math.sqrt(SHIFT + t));
      weight = Math.min(1, storm ? eta * eta : eta);
      move(p, s, eta);
    }

    double keep = 1 - weight;
    if (storm && t > 0) {
      start(p, wBefore, vBefore, rBefore);
      dots(la, p.y, p.z, m, a);
      score(lb);
      factors(lb, m, a);
      add(la, m, a, vBefore, rBefore);
      dots(ua, p.y, f);
      factors(ub, f);
      add(ua, f, rBefore);
    } else {
      dots(la, p.y, m);
      score(lb);
    }

    double penalty = start(s, s.w, s.v, s.r);
    dots(la, s.y, s.z, m, a);
    lossSum = 0;
    factorsWithLoss(lb, m, a);
    lowerLoss = lossSum / rows + 0.5 * penalty;
    add(la, m, a, s.v, s.r);
    dots(ua, s.y, f);
    lossSum = 0;
    factorsWithLoss(ub, f);
    upperLoss = lossSum / rows;
    add(ua, f, s.r);

    double bad = 0;
    if (storm && t > 0) {
      for (int j = 0; j < n; j++) {
        s.w[j] += keep * (p.w[j] - wBefore[j]);
        s.v[j] += keep * (p.v[j] - vBefore[j]);
        s.r[j] += keep * (p.r[j] - rBefore[j]);
      }
      s.v[n] += keep * (p.v[n] - vBefore[n]);
      s.r[n] += keep * (p.r[n] - rBefore[n]);
    } else if (t > 0) {
      for (int j = 0; j < n; j++) {
        s.w[j] = weight * s.w[j] + keep * p.w[j];
        s.v[j] = weight * s.v[j] + keep * p.v[j];
        s.r[j] = weight * s.r[j] + keep * p.r[j];
      }
      s.v[n] = weight * s.v[n] + keep * p.v[n];
      s.r[n] = weight * s.r[n] + keep * p.r[n];
    }
    for (int j = 0; j < n; j++) {
      bad += 0 * (s.x[j] + s.y[j]) + 0 * (s.z[j] + s.w[j]) + 0 * (s.v[j] + s.r[j]);
    }
    bad += 0 * s.y[n] + 0 * s.z[n] + 0 * s.v[n] + 0 * s.r[n];
    if (bad != 0) {
      return false;
    }
    now = s;
    next = p;
    t++;
    return true;
  }

  double[] x() {
    return now.x;
  }

  double[] y() {
    return now.y;
  }

  double[] z() {
    return now.z;
  }

  private void move(Point p, Point s, double eta) {
    double step = STEP * eta;
    for (int j = 0; j < n; j++) {
      double to = Math.min(Math.max(p.x[j] - STEP * p.w[j], LOW), HIGH);
      s.x[j] = p.x[j] + eta * (to - p.x[j]);
      s.y[j] = p.y[j] - step * p.v[j];
      s.z[j] = p.z[j] - step * p.r[j];
    }
    s.y[n] = p.y[n] - step * p.v[n];
    s.z[n] = p.z[n] - step * p.r[n];
    for (int j = 0; j < n; j++) {
      s.e[j] = StrictMath.exp(s.x[j]);
    }
  }

  /** What the penalty contributes to the three directions; returns sum e y^2. */
  private double start(Point s, double[] w, double[] v, double[] r) {
    double penalty0 = 0;
    double penalty1 = 0;
    for (int j = 0; j < n; j++) {
      double ey = s.e[j] * s.y[j];
      w[j] = -ey * s.z[j];
      v[j] = ey;
      r[j] = s.e[j] * s.z[j];
    }
    for (int j = 0; j < n - 1; j += 2) {
      penalty0 += v[j] * s.y[j];
      penalty1 += v[j + 1] * s.y[j + 1];
    }
    if ((n & 1) != 0) {
      penalty0 += v[n - 1] * s.y[n - 1];
    }
    v[n] = 0;
    r[n] = 0;
    return penalty0 + penalty1;
  }

  /** Prequential loss and error of the margins at the model the step starts from. */
  private void score(double[] labels) {
    Arrays.fill(scores, 0);
    double product = 1;
    double sum = 0;
    double wrong = 0;
    for (int i = 0; i < rows; i++) {
      double b = sign(labels[i]);
      double margin = b * m[i];
      product *= 1 + StrictMath.exp(-Math.abs(margin));
      sum += Math.max(0.0, -margin);
      // a margin of exactly 0 predicts the negative class
      wrong += m[i] == 0 ? 0.5 + 0.5 * b : 0.5 - 0.5 * Math.signum(margin);
    }
    scores[0] = sum + StrictMath.log(product);
    scores[1] = wrong;
    scores[2] = rows;
  }

  private void factors(double[] labels, double[] margins, double[] alongs) {
    double share = 1.0 / rows;
    for (int i = 0; i < rows; i++) {
      double b = sign(labels[i]);
      double s = rate(b * margins[i], StrictMath.exp(-Math.abs(margins[i])));
      margins[i] = -share * s * b;
      alongs[i] *= share * s * (1 - s);
    }
  }

  private void factorsWithLoss(double[] labels, double[] margins, double[] alongs) {
    double share = 1.0 / rows;
    double product = 1;
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      double b = sign(labels[i]);
      double margin = b * margins[i];
      double tail = StrictMath.exp(-Math.abs(margin));
      double s = rate(margin, tail);
      product *= 1 + tail;
      sum += Math.max(0.0, -margin);
      margins[i] = -share * s * b;
      alongs[i] *= share * s * (1 - s);
    }
    lossSum = sum + StrictMath.log(product);
  }

  /** The factors of minus the gradient: -fy is a part of r. */
  private void factors(double[] labels, double[] margins) {
    double share = 1.0 / rows;
    for (int i = 0; i < rows; i++) {
      double b = sign(labels[i]);
      margins[i] = share * rate(b * margins[i], StrictMath.exp(-Math.abs(margins[i]))) * b;
    }
  }

  private void factorsWithLoss(double[] labels, double[] margins) {
    double share = 1.0 / rows;
    double product = 1;
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      double b = sign(labels[i]);
      double margin = b * margins[i];
      double tail = StrictMath.exp(-Math.abs(margin));
      product *= 1 + tail;
      sum += Math.max(0.0, -margin);
      margins[i] = share * rate(margin, tail) * b;
    }
    lossSum = sum + StrictMath.log(product);
  }

  private static double sign(double label) {
    long positive = Double.doubleToRawLongBits(0.0 - label);
    return Double.longBitsToDouble(0x3FF0000000000000L | (~positive & Long.MIN_VALUE));
  }

  private static double rate(double margin, double tail) {
    long negative = Double.doubleToRawLongBits(margin) >> 63;
    long above = (Double.doubleToRawLongBits(tail) & ~negative) | (0x3FF0000000000000L & negative);
    return Double.longBitsToDouble(above) / (1 + tail);
  }

  private void dots(double[] d, double[] y, double[] out) {
    for (int i = 0; i < rows; i += 4) {
      int d0 = i * n;
      int d1 = d0 + n;
      int d2 = d1 + n;
      int d3 = d2 + n;
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      double t0 = 0;
      double t1 = 0;
      double t2 = 0;
      double t3 = 0;
      for (int j = 0; j < n - 1; j += 2) {
        double p = y[j];
        double q = y[j + 1];
        s0 += d[d0 + j] * p;
        s1 += d[d1 + j] * p;
        s2 += d[d2 + j] * p;
        s3 += d[d3 + j] * p;
        t0 += d[d0 + j + 1] * q;
        t1 += d[d1 + j + 1] * q;
        t2 += d[d2 + j + 1] * q;
        t3 += d[d3 + j + 1] * q;
      }
      if ((n & 1) != 0) {
        double p = y[n - 1];
        s0 += d[d0 + n - 1] * p;
        s1 += d[d1 + n - 1] * p;
        s2 += d[d2 + n - 1] * p;
        s3 += d[d3 + n - 1] * p;
      }
      out[i] = y[n] + s0 + t0;
      out[i + 1] = y[n] + s1 + t1;
      out[i + 2] = y[n] + s2 + t2;
      out[i + 3] = y[n] + s3 + t3;
    }
  }

  private void dots(double[] d, double[] y, double[] z, double[] outY, double[] outZ) {
    for (int i = 0; i < rows; i += 4) {
      int d0 = i * n;
      int d1 = d0 + n;
      int d2 = d1 + n;
      int d3 = d2 + n;
      double s0 = y[n];
      double s1 = s0;
      double s2 = s0;
      double s3 = s0;
      double t0 = z[n];
      double t1 = t0;
      double t2 = t0;
      double t3 = t0;
      for (int j = 0; j < n; j++) {
        double p = y[j];
        double q = z[j];
        double e0 = d[d0 + j];
        double e1 = d[d1 + j];
        double e2 = d[d2 + j];
        double e3 = d[d3 + j];
        s0 += e0 * p;
        s1 += e1 * p;
        s2 += e2 * p;
        s3 += e3 * p;
        t0 += e0 * q;
        t1 += e1 * q;
        t2 += e2 * q;
        t3 += e3 * q;
      }
      outY[i] = s0;
      outY[i + 1] = s1;
      outY[i + 2] = s2;
      outY[i + 3] = s3;
      outZ[i] = t0;
      outZ[i + 1] = t1;
      outZ[i + 2] = t2;
      outZ[i + 3] = t3;
    }
  }

  private void add(double[] d, double[] c, double[] g) {
    double last = 0;
    for (int i = 0; i < rows; i += 8) {
      int d0 = i * n;
      int d1 = d0 + n;
      int d2 = d1 + n;
      int d3 = d2 + n;
      int d4 = d3 + n;
      int d5 = d4 + n;
      int d6 = d5 + n;
      int d7 = d6 + n;
      double c0 = c[i];
      double c1 = c[i + 1];
      double c2 = c[i + 2];
      double c3 = c[i + 3];
      double c4 = c[i + 4];
      double c5 = c[i + 5];
      double c6 = c[i + 6];
      double c7 = c[i + 7];
      for (int j = 0; j < n; j++) {
        g[j] +=
            ((c0 * d[d0 + j] + c1 * d[d1 + j]) + (c2 * d[d2 + j] + c3 * d[d3 + j]))
                + ((c4 * d[d4 + j] + c5 * d[d5 + j]) + (c6 * d[d6 + j] + c7 * d[d7 + j]));
      }
      last += ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7));
    }
    g[n] += last;
  }

  private void add(double[] d, double[] c, double[] b, double[] g, double[] h) {
    double lastG = 0;
    double lastH = 0;
    for (int i = 0; i < rows; i += 4) {
      int d0 = i * n;
      int d1 = d0 + n;
      int d2 = d1 + n;
      int d3 = d2 + n;
      double c0 = c[i];
      double c1 = c[i + 1];
      double c2 = c[i + 2];
      double c3 = c[i + 3];
      double b0 = b[i];
      double b1 = b[i + 1];
      double b2 = b[i + 2];
      double b3 = b[i + 3];
      for (int j = 0; j < n; j++) {
        double e0 = d[d0 + j];
        double e1 = d[d1 + j];
        double e2 = d[d2 + j];
        double e3 = d[d3 + j];
        g[j] += (c0 * e0 + c1 * e1) + (c2 * e2 + c3 * e3);
        h[j] += (b0 * e0 + b1 * e1) + (b2 * e2 + b3 * e3);
      }
      lastG += (c0 + c1) + (c2 + c3);
      lastH += (b0 + b1) + (b2 + b3);
    }
    g[n] += lastG;
    h[n] += lastH;
  }
}
