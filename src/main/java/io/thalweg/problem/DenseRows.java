package io.thalweg.problem;

/**
 * Products of many dense rows at once, A being the rows one after the other. Four rows go side by
 * side, so that an entry of the vector is read once for all of them and their sums do not wait for
 * each other; sums over rows take eight, or four for two results. Blocks start at row 0 and the
 * order within a sum is fixed, so that the result depends on nothing but the numbers.
 */
final class DenseRows {
  private DenseRows() {}

  /** out_r = start + a_r'y for the rows 0 to count - 1 of length n. */
  static void dots(double[] a, int n, int count, double[] y, double start, double[] out) {
    int r = 0;
    for (; r + 3 < count; r += 4) {
      dots4(a, r * n, n, y, start, out, r);
    }
    for (; r < count; r++) {
      out[r] = start + Rows.dot(a, r * n, y, n);
    }
  }

  private static void dots4(
      double[] a, int at, int n, double[] y, double start, double[] out, int r) {
    int a1 = at + n;
    int a2 = a1 + n;
    int a3 = a2 + n;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double t0 = 0;
    double t1 = 0;
    double t2 = 0;
    double t3 = 0;
    int last = n - 1;
    for (int j = 0; j < last; j += 2) {
      double p = y[j];
      double q = y[j + 1];
      s0 += a[at + j] * p;
      s1 += a[a1 + j] * p;
      s2 += a[a2 + j] * p;
      s3 += a[a3 + j] * p;
      t0 += a[at + j + 1] * q;
      t1 += a[a1 + j + 1] * q;
      t2 += a[a2 + j + 1] * q;
      t3 += a[a3 + j + 1] * q;
    }
    if ((n & 1) != 0) {
      double p = y[last];
      s0 += a[at + last] * p;
      s1 += a[a1 + last] * p;
      s2 += a[a2 + last] * p;
      s3 += a[a3 + last] * p;
    }
    out[r] = start + (s0 + t0);
    out[r + 1] = start + (s1 + t1);
    out[r + 2] = start + (s2 + t2);
    out[r + 3] = start + (s3 + t3);
  }

  /** Two products per row in one reading: outY_r = startY + a_r'y and outV_r = startV + a_r'v. */
  static void dots(
      double[] a,
      int n,
      int count,
      double[] y,
      double startY,
      double[] v,
      double startV,
      double[] outY,
      double[] outV) {
    int r = 0;
    for (; r + 3 < count; r += 4) {
      dots4(a, r * n, n, y, startY, v, startV, outY, outV, r);
    }
    for (; r < count; r++) {
      outY[r] = startY + Rows.dot(a, r * n, y, n);
      outV[r] = startV + Rows.dot(a, r * n, v, n);
    }
  }

  private static void dots4(
      double[] a,
      int at,
      int n,
      double[] y,
      double startY,
      double[] v,
      double startV,
      double[] outY,
      double[] outV,
      int r) {
    int a1 = at + n;
    int a2 = a1 + n;
    int a3 = a2 + n;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double t0 = 0;
    double t1 = 0;
    double t2 = 0;
    double t3 = 0;
    for (int j = 0; j < n; j++) {
      double p = y[j];
      double q = v[j];
      double e0 = a[at + j];
      double e1 = a[a1 + j];
      double e2 = a[a2 + j];
      double e3 = a[a3 + j];
      s0 += e0 * p;
      s1 += e1 * p;
      s2 += e2 * p;
      s3 += e3 * p;
      t0 += e0 * q;
      t1 += e1 * q;
      t2 += e2 * q;
      t3 += e3 * q;
    }
    outY[r] = startY + s0;
    outY[r + 1] = startY + s1;
    outY[r + 2] = startY + s2;
    outY[r + 3] = startY + s3;
    outV[r] = startV + t0;
    outV[r + 1] = startV + t1;
    outV[r + 2] = startV + t2;
    outV[r + 3] = startV + t3;
  }

  /** g += sum_r c_r a_r over the rows 0 to count - 1. */
  static void add(double[] a, int n, int count, double[] c, double[] g) {
    int r = 0;
    for (; r + 7 < count; r += 8) {
      add8(
          a, r * n, n, c[r], c[r + 1], c[r + 2], c[r + 3], c[r + 4], c[r + 5], c[r + 6], c[r + 7],
          n, g, 0);
    }
    for (; r < count; r++) {
      Rows.add(c[r], a, r * n, g, n);
    }
  }

  /** out[to + j] += sum_k p_k a_k[j] for the first m entries of eight rows. */
  private static void add8(
      double[] a,
      int at,
      int n,
      double p0,
      double p1,
      double p2,
      double p3,
      double p4,
      double p5,
      double p6,
      double p7,
      int m,
      double[] out,
      int to) {
    int a1 = at + n;
    int a2 = a1 + n;
    int a3 = a2 + n;
    int a4 = a3 + n;
    int a5 = a4 + n;
    int a6 = a5 + n;
    int a7 = a6 + n;
    for (int j = 0; j < m; j++) {
      out[to + j] +=
          ((p0 * a[at + j] + p1 * a[a1 + j]) + (p2 * a[a2 + j] + p3 * a[a3 + j]))
              + ((p4 * a[a4 + j] + p5 * a[a5 + j]) + (p6 * a[a6 + j] + p7 * a[a7 + j]));
    }
  }

  /** Two sums over the rows in one reading: g += sum_r c_r a_r and h += sum_r d_r a_r. */
  static void add(double[] a, int n, int count, double[] c, double[] d, double[] g, double[] h) {
    int r = 0;
    for (; r + 3 < count; r += 4) {
      add4(a, r * n, n, c, d, r, g, h);
    }
    for (; r < count; r++) {
      Rows.add(c[r], a, r * n, g, n);
      Rows.add(d[r], a, r * n, h, n);
    }
  }

  private static void add4(
      double[] a, int at, int n, double[] c, double[] d, int r, double[] g, double[] h) {
    double p0 = c[r];
    double p1 = c[r + 1];
    double p2 = c[r + 2];
    double p3 = c[r + 3];
    double q0 = d[r];
    double q1 = d[r + 1];
    double q2 = d[r + 2];
    double q3 = d[r + 3];
    int a1 = at + n;
    int a2 = a1 + n;
    int a3 = a2 + n;
    for (int j = 0; j < n; j++) {
      double e0 = a[at + j];
      double e1 = a[a1 + j];
      double e2 = a[a2 + j];
      double e3 = a[a3 + j];
      g[j] += (p0 * e0 + p1 * e1) + (p2 * e2 + p3 * e3);
      h[j] += (q0 * e0 + q1 * e1) + (q2 * e2 + q3 * e3);
    }
  }
}
