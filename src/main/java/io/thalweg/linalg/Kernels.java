package io.thalweg.linalg;

import java.util.Arrays;

/**
 * Loops over {@code double[]}. The order of a sum is part of the result that must come out bit for
 * bit on any machine, so it is fixed here: an inner product has four partial sums, entry i in sum i
 * mod 4 and the last n mod 4 entries in the first one, that do not wait for each other. Matrices
 * are row-major. Nothing here allocates.
 */
public final class Kernels {
  private Kernels() {}

  /**
   * Inner product.
   *
   * @param a vector, not modified
   * @param b vector of the same length, not modified
   * @return sum of a_i b_i
   */
  public static double dot(double[] a, double[] b) {
    return dot(a.length, a, 0, b, 0);
  }

  /**
   * Inner product of two ranges.
   *
   * @param n their length
   * @param a holds the first, not modified
   * @param ai where it starts
   * @param b holds the second, not modified
   * @param bi where it starts
   * @return sum of a[ai + i] b[bi + i]
   */
  public static double dot(int n, double[] a, int ai, double[] b, int bi) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += a[ai + i] * b[bi + i];
      s1 += a[ai + i + 1] * b[bi + i + 1];
      s2 += a[ai + i + 2] * b[bi + i + 2];
      s3 += a[ai + i + 3] * b[bi + i + 3];
    }
    for (; i < n; i++) {
      s0 += a[ai + i] * b[bi + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /**
   * Inner products of one vector with others, each the same bits as {@link #dot}. They go four or
   * two at a time: reading the one vector is shared, and no sum waits for another.
   *
   * @param n how many entries
   * @param a vector of at least n entries, not modified
   * @param others vectors, not modified
   * @param out receives a product for each of them
   */
  public static void dots(int n, double[] a, double[][] others, double[] out) {
    int i = 0;
    for (; i < others.length - 3; i += 4) {
      fourDots(n, a, others[i], others[i + 1], others[i + 2], others[i + 3], out, i);
    }
    for (; i < others.length - 1; i += 2) {
      twoDots(n, a, others[i], others[i + 1], out, i);
    }
    if (i < others.length) {
      out[i] = dot(n, a, 0, others[i], 0);
    }
  }

  private static void twoDots(int n, double[] a, double[] b, double[] c, double[] out, int at) {
    double b0 = 0;
    double b1 = 0;
    double b2 = 0;
    double b3 = 0;
    double c0 = 0;
    double c1 = 0;
    double c2 = 0;
    double c3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      double a0 = a[i];
      double a1 = a[i + 1];
      double a2 = a[i + 2];
      double a3 = a[i + 3];
      b0 += a0 * b[i];
      b1 += a1 * b[i + 1];
      b2 += a2 * b[i + 2];
      b3 += a3 * b[i + 3];
      c0 += a0 * c[i];
      c1 += a1 * c[i + 1];
      c2 += a2 * c[i + 2];
      c3 += a3 * c[i + 3];
    }
    for (; i < n; i++) {
      b0 += a[i] * b[i];
      c0 += a[i] * c[i];
    }
    out[at] = (b0 + b1) + (b2 + b3);
    out[at + 1] = (c0 + c1) + (c2 + c3);
  }

  private static void fourDots(
      int n, double[] a, double[] b, double[] c, double[] d, double[] e, double[] out, int at) {
    double b0 = 0;
    double b1 = 0;
    double b2 = 0;
    double b3 = 0;
    double c0 = 0;
    double c1 = 0;
    double c2 = 0;
    double c3 = 0;
    double d0 = 0;
    double d1 = 0;
    double d2 = 0;
    double d3 = 0;
    double e0 = 0;
    double e1 = 0;
    double e2 = 0;
    double e3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      double a0 = a[i];
      double a1 = a[i + 1];
      double a2 = a[i + 2];
      double a3 = a[i + 3];
      b0 += a0 * b[i];
      b1 += a1 * b[i + 1];
      b2 += a2 * b[i + 2];
      b3 += a3 * b[i + 3];
      c0 += a0 * c[i];
      c1 += a1 * c[i + 1];
      c2 += a2 * c[i + 2];
      c3 += a3 * c[i + 3];
      d0 += a0 * d[i];
      d1 += a1 * d[i + 1];
      d2 += a2 * d[i + 2];
      d3 += a3 * d[i + 3];
      e0 += a0 * e[i];
      e1 += a1 * e[i + 1];
      e2 += a2 * e[i + 2];
      e3 += a3 * e[i + 3];
    }
    for (; i < n; i++) {
      b0 += a[i] * b[i];
      c0 += a[i] * c[i];
      d0 += a[i] * d[i];
      e0 += a[i] * e[i];
    }
    out[at] = (b0 + b1) + (b2 + b3);
    out[at + 1] = (c0 + c1) + (c2 + c3);
    out[at + 2] = (d0 + d1) + (d2 + d3);
    out[at + 3] = (e0 + e1) + (e2 + e3);
  }

  /**
   * Euclidean norm.
   *
   * @param a vector, not modified
   * @return square root of a'a
   */
  public static double norm2(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  /**
   * y becomes y + s x.
   *
   * @param s factor
   * @param x vector, not modified
   * @param y vector of the same length, modified
   */
  public static void axpy(double s, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += s * x[i];
    }
  }

  /**
   * y[yi + i] becomes y[yi + i] + s x[xi + i].
   *
   * @param n length of the ranges
   * @param s factor
   * @param x holds the first, not modified
   * @param xi where it starts
   * @param y holds the second, modified
   * @param yi where it starts
   */
  public static void axpy(int n, double s, double[] x, int xi, double[] y, int yi) {
    for (int i = 0; i < n; i++) {
      y[yi + i] += s * x[xi + i];
    }
  }

  /**
   * out becomes a + s b.
   *
   * @param a vector, not modified
   * @param s factor
   * @param b vector of the same length, not modified
   * @param out receives the sum; may be a or b
   */
  public static void add(double[] a, double s, double[] b, double[] out) {
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] + s * b[i];
    }
  }

  /**
   * a becomes s a.
   *
   * @param s factor
   * @param a vector, modified
   */
  public static void scale(double s, double[] a) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= s;
    }
  }

  /**
   * Copies a whole vector.
   *
   * @param from vector, not modified
   * @param to receives it, at least as long
   */
  public static void copy(double[] from, double[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
  }

  /**
   * The first entry that is NaN or infinite.
   *
   * @param a vector, not modified
   * @return its place, or -1 when all are finite
   */
  public static int firstNonFinite(double[] a) {
    return allFinite(a) ? -1 : searchNonFinite(a);
  }

  private static int searchNonFinite(double[] a) {
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i]) <= Double.MAX_VALUE)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether no entry is NaN or infinite.
   *
   * @param a vector, not modified
   * @return true when all are finite
   */
  public static boolean allFinite(double[] a) {
    // 0 times a finite number is 0, times any other NaN; no branch per entry
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < a.length - 3; i += 4) {
      s0 += 0.0 * a[i];
      s1 += 0.0 * a[i + 1];
      s2 += 0.0 * a[i + 2];
      s3 += 0.0 * a[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += 0.0 * a[i];
    }
    return (s0 + s1) + (s2 + s3) == 0;
  }

  /**
   * out becomes A v.
   *
   * @param rows rows of A
   * @param cols columns of A
   * @param a matrix, row-major, not modified
   * @param v vector of length cols, not modified
   * @param out receives the product, length rows; neither a nor v
   */
  public static void gemv(int rows, int cols, double[] a, double[] v, double[] out) {
    gemv(rows, cols, a, 0, cols, v, 0, out, 0);
  }

  /**
   * out becomes B v for a block B of a larger matrix. Four rows go side by side, each summed from
   * left to right, so that the result is that of the plain loop without waiting for its additions.
   *
   * @param rows rows of B
   * @param cols columns of B
   * @param a holds B, not modified
   * @param ai place of B's first entry
   * @param stride distance between the starts of two rows
   * @param v holds the vector, not modified
   * @param vi where it starts
   * @param out receives the product
   * @param oi where it starts
   */
  public static void gemv(
      int rows,
      int cols,
      double[] a,
      int ai,
      int stride,
      double[] v,
      int vi,
      double[] out,
      int oi) {
    int i = 0;
    for (; i + 3 < rows; i += 4) {
      int r0 = ai + i * stride;
      int r1 = r0 + stride;
      int r2 = r1 + stride;
      int r3 = r2 + stride;
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      for (int j = 0; j < cols; j++) {
        double x = v[vi + j];
        s0 += a[r0 + j] * x;
        s1 += a[r1 + j] * x;
        s2 += a[r2 + j] * x;
        s3 += a[r3 + j] * x;
      }
      out[oi + i] = s0;
      out[oi + i + 1] = s1;
      out[oi + i + 2] = s2;
      out[oi + i + 3] = s3;
    }
    for (; i < rows; i++) {
      int row = ai + i * stride;
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += a[row + j] * v[vi + j];
      }
      out[oi + i] = sum;
    }
  }

  /**
   * out becomes A'v.
   *
   * @param rows rows of A
   * @param cols columns of A
   * @param a matrix, row-major, not modified
   * @param v vector of length rows, not modified
   * @param out receives the product, length cols; neither a nor v
   */
  public static void gemvTransposed(int rows, int cols, double[] a, double[] v, double[] out) {
    Arrays.fill(out, 0, cols, 0.0);
    for (int i = 0; i < rows; i++) {
      axpy(cols, v[i], a, i * cols, out, 0);
    }
  }

  /**
   * out becomes out + f0 u0 + f1 u1 + f2 u2 + f3 u3, the sum of the four products first, in pairs.
   *
   * @param m how many entries
   * @param f0 factor
   * @param u0 vector of at least m entries, not modified
   * @param f1 factor
   * @param u1 vector, not modified
   * @param f2 factor
   * @param u2 vector, not modified
   * @param f3 factor
   * @param u3 vector, not modified
   * @param out vector, its first m entries are modified
   */
  public static void addFour(
      int m,
      double f0,
      double[] u0,
      double f1,
      double[] u1,
      double f2,
      double[] u2,
      double f3,
      double[] u3,
      double[] out) {
    for (int j = 0; j < m; j++) {
      out[j] += (f0 * u0[j] + f1 * u1[j]) + (f2 * u2[j] + f3 * u3[j]);
    }
  }
}
