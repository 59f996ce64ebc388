package io.thalweg.linalg;

import java.util.Arrays;

/**
 * Loops over symmetric matrices with both halves filled. Because A v = A'v a product is a sum of
 * rows, which vectorises where inner products do not; sums run column by column for the same
 * reason. Matrices that are read often are kept as rows, arrays of their own: the compilers of JDK
 * 17 and 25 do not vectorise a loop over two ranges that start at different places of their arrays,
 * which costs a factor of three. Orders are fixed as in {@link Kernels}. Nothing here allocates.
 */
public final class Symmetric {
  /** Rows filled at a time from as many columns. */
  private static final int STRIP = 4;

  private Symmetric() {}

  /** a, row-major n x n, becomes (a + a') / 2. */
  static void mean(int n, double[] a) {
    int i = 0;
    for (; i + STRIP <= n; i += STRIP) {
      int r0 = i * n;
      int r1 = r0 + n;
      int r2 = r1 + n;
      int r3 = r2 + n;
      for (int j = i + STRIP; j < n; j++) {
        int at = j * n + i;
        double m0 = 0.5 * (a[r0 + j] + a[at]);
        double m1 = 0.5 * (a[r1 + j] + a[at + 1]);
        double m2 = 0.5 * (a[r2 + j] + a[at + 2]);
        double m3 = 0.5 * (a[r3 + j] + a[at + 3]);
        a[r0 + j] = m0;
        a[r1 + j] = m1;
        a[r2 + j] = m2;
        a[r3 + j] = m3;
        a[at] = m0;
        a[at + 1] = m1;
        a[at + 2] = m2;
        a[at + 3] = m3;
      }
      corner(n, i, i + STRIP, a);
    }
    corner(n, i, n, a);
  }

  private static void corner(int n, int from, int to, double[] a) {
    for (int i = from; i < to; i++) {
      for (int j = i + 1; j < to; j++) {
        double mean = 0.5 * (a[i * n + j] + a[j * n + i]);
        a[i * n + j] = mean;
        a[j * n + i] = mean;
      }
    }
  }

  /**
   * Copies the half below the diagonal to the half above.
   *
   * @param n rows and columns
   * @param stride distance between the starts of two rows
   * @param a row-major, its leading n x n block is modified
   */
  public static void mirror(int n, int stride, double[] a) {
    int i = 0;
    for (; i + STRIP <= n; i += STRIP) {
      int r0 = i * stride;
      int r1 = r0 + stride;
      int r2 = r1 + stride;
      int r3 = r2 + stride;
      a[r0 + i + 1] = a[r1 + i];
      a[r0 + i + 2] = a[r2 + i];
      a[r0 + i + 3] = a[r3 + i];
      a[r1 + i + 2] = a[r2 + i + 1];
      a[r1 + i + 3] = a[r3 + i + 1];
      a[r2 + i + 3] = a[r3 + i + 2];
      for (int j = i + STRIP; j < n; j++) {
        int at = j * stride + i;
        a[r0 + j] = a[at];
        a[r1 + j] = a[at + 1];
        a[r2 + j] = a[at + 2];
        a[r3 + j] = a[at + 3];
      }
    }
    for (; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        a[i * stride + j] = a[j * stride + i];
      }
    }
  }

  /** The rows of a row-major matrix, each in an array of its own. */
  static void split(double[] a, double[][] rows) {
    int n = rows.length;
    for (int i = 0; i < n; i++) {
      System.arraycopy(a, i * n, rows[i], 0, n);
    }
  }

  /** The row-major matrix of rows. */
  static void join(double[][] rows, double[] a) {
    int n = rows.length;
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows[i], 0, a, i * n, n);
    }
  }

  /** out becomes A v; out is not v. */
  static void multiply(double[][] a, double[] v, double[] out) {
    Arrays.fill(out, 0.0);
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      Kernels.addFour(
          a.length, v[i], a[i], v[i + 1], a[i + 1], v[i + 2], a[i + 2], v[i + 3], a[i + 3], out);
    }
    for (; i < a.length; i++) {
      Kernels.axpy(v[i], a[i], out);
    }
  }

  /** out[k] becomes A v[k] for every k, with one reading of A. */
  static void multiply(double[][] a, double[][] v, double[][] out) {
    for (double[] o : out) {
      Arrays.fill(o, 0.0);
    }
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      for (int k = 0; k < v.length; k++) {
        double[] f = v[k];
        Kernels.addFour(
            a.length, f[i], a[i], f[i + 1], a[i + 1], f[i + 2], a[i + 2], f[i + 3], a[i + 3],
            out[k]);
      }
    }
    for (; i < a.length; i++) {
      for (int k = 0; k < v.length; k++) {
        Kernels.axpy(v[k][i], a[i], out[k]);
      }
    }
  }

  /**
   * out becomes out + sum over k of d_k u_k u_k'.
   *
   * @param vectors rows u_k
   * @param d factors; vectors with factor 0 are passed over
   */
  static void addSquares(double[][] vectors, double[] d, double[][] out) {
    int n = vectors.length;
    int k = next(d, 0, n);
    while (k < n) {
      int k1 = next(d, k + 1, n);
      int k2 = next(d, k1 + 1, n);
      int k3 = next(d, k2 + 1, n);
      if (k3 < n) {
        double[] u0 = vectors[k];
        double[] u1 = vectors[k1];
        double[] u2 = vectors[k2];
        double[] u3 = vectors[k3];
        for (int i = 0; i < n; i++) {
          Kernels.addFour(
              i + 1,
              d[k] * u0[i],
              u0,
              d[k1] * u1[i],
              u1,
              d[k2] * u2[i],
              u2,
              d[k3] * u3[i],
              u3,
              out[i]);
        }
        k = next(d, k3 + 1, n);
      } else {
        for (int i = 0; i < n; i++) {
          Kernels.axpy(i + 1, d[k] * vectors[k][i], vectors[k], 0, out[i], 0);
        }
        k = k1;
      }
    }
    for (int i = 0; i < n; i++) {
      double[] row = out[i];
      for (int j = i + 1; j < n; j++) {
        row[j] = out[j][i];
      }
    }
  }

  private static int next(double[] d, int from, int n) {
    int k = from;
    while (k < n && d[k] == 0) {
      k++;
    }
    return k;
  }

  /** |A - B|_F^2; sums is scratch of length n. */
  static double squaredDistance(double[][] a, double[][] b, double[] sums) {
    Arrays.fill(sums, 0.0);
    for (int i = 0; i < a.length; i++) {
      addSquaredDistance(a[i], b[i], sums);
    }
    return sum(sums);
  }

  /** |A - B|_F^2 for a row-major B; row and sums are scratch of length n. */
  static double squaredDistance(double[][] a, double[] b, double[] row, double[] sums) {
    int n = a.length;
    Arrays.fill(sums, 0.0);
    for (int i = 0; i < n; i++) {
      System.arraycopy(b, i * n, row, 0, n);
      addSquaredDistance(a[i], row, sums);
    }
    return sum(sums);
  }

  private static void addSquaredDistance(double[] a, double[] b, double[] sums) {
    for (int j = 0; j < sums.length; j++) {
      double d = a[j] - b[j];
      sums[j] += d * d;
    }
  }

  private static double sum(double[] v) {
    double sum = 0;
    for (double entry : v) {
      sum += entry;
    }
    return sum;
  }
}
