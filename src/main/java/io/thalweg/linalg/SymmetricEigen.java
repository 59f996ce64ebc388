package io.thalweg.linalg;

import java.util.Arrays;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to tridiagonal form,
 * then implicit QL steps. Eigenvectors are kept as rows, so that every rotation runs over two
 * contiguous ranges. All work arrays belong to the instance and are reused; a call allocates
 * nothing.
 */
public final class SymmetricEigen {
  private static final int MOST_STEPS_PER_VALUE = 64;
  private static final double UNIT_ROUNDOFF = 0x1p-52;

  /** Squares below this are 0 next to entries of size 1; their inverses would overflow. */
  private static final double NO_SQUARE = 0x1p-900;

  private final int n;
  // rows are arrays of their own: loops over two of them vectorise, loops over two ranges of one
  // array do not
  private final double[][] a;
  private final double[][] vectors;
  private final double[] values;
  private final double[] off;
  private final double[] product;
  private final double[] scales;

  /**
   * A solver for one size.
   *
   * @param n rows and columns, at least 1
   */
  public SymmetricEigen(int n) {
    this.n = n;
    a = new double[n][n];
    vectors = new double[n][n];
    values = new double[n];
    off = new double[n];
    product = new double[n];
    scales = new double[n];
  }

  /**
   * Decomposes A = sum of theta_i u_i u_i'. Only finite matrices can be.
   *
   * @param matrix symmetric, row-major, n x n, not modified
   * @return false when an entry is not finite or the iteration does not settle
   */
  public boolean decompose(double[] matrix) {
    double largest = 0;
    for (int i = 0; i < n * n; i++) {
      double size = Math.abs(matrix[i]);
      if (!(size <= Double.MAX_VALUE)) {
        return false;
      }
      largest = Math.max(largest, size);
    }
    if (largest == 0) {
      Arrays.fill(values, 0);
      identity(vectors, n);
      return true;
    }
    // a power of two, so that scaling is exact and squares neither over- nor underflow
    double unit = Math.scalb(1.0, Math.max(-1000, Math.min(1000, Math.getExponent(largest))));
    for (int i = 0; i < n; i++) {
      double[] row = a[i];
      for (int j = 0; j < n; j++) {
        row[j] = matrix[i * n + j] / unit;
      }
    }
    reduce();
    accumulate();
    if (!diagonalise(n, values, off, vectors)) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      values[i] *= unit;
    }
    return true;
  }

  /**
   * The eigenvalues of the last matrix, in no particular order.
   *
   * @return the live array, length n
   */
  public double[] values() {
    return values;
  }

  /**
   * The eigenvectors of the last matrix: row i belongs to value i.
   *
   * @return the live arrays, n of length n
   */
  public double[][] vectors() {
    return vectors;
  }

  /**
   * Reflects rows and columns until only the diagonal and its neighbours are left. The reflector of
   * step k stays in row k, entries k + 1 on.
   */
  private void reduce() {
    for (int k = 0; k < n - 2; k++) {
      double[] v = a[k];
      double tail = 0;
      for (int j = k + 2; j < n; j++) {
        tail += v[j] * v[j];
      }
      values[k] = v[k];
      double first = v[k + 1];
      if (tail < NO_SQUARE) {
        off[k] = first;
        scales[k] = 0;
        continue;
      }
      double norm = Math.sqrt(first * first + tail);
      double alpha = first > 0 ? -norm : norm;
      v[k + 1] = first - alpha;
      double scale = 2 / (v[k + 1] * v[k + 1] + tail);
      multiply(a, k + 1, v);
      double half = 0;
      for (int i = k + 1; i < n; i++) {
        product[i] *= scale;
        half += product[i] * v[i];
      }
      half *= 0.5 * scale;
      for (int i = k + 1; i < n; i++) {
        product[i] -= half * v[i];
      }
      for (int i = k + 1; i < n; i++) {
        subtract(a[i], k + 1, v[i], product, product[i], v);
      }
      scales[k] = scale;
      off[k] = alpha;
    }
    if (n > 1) {
      values[n - 2] = a[n - 2][n - 2];
      off[n - 2] = a[n - 2][n - 1];
    }
    values[n - 1] = a[n - 1][n - 1];
    off[n - 1] = 0;
  }

  /** row[j] -= r p[j] + s q[j] from the given entry on. */
  private static void subtract(double[] row, int from, double r, double[] p, double s, double[] q) {
    for (int j = from; j < row.length; j++) {
      row[j] -= r * p[j] + s * q[j];
    }
  }

  /** product = M v on the block from the given row and column on, four rows side by side. */
  private void multiply(double[][] m, int from, double[] v) {
    int i = from;
    for (; i + 3 < n; i += 4) {
      double[] m0 = m[i];
      double[] m1 = m[i + 1];
      double[] m2 = m[i + 2];
      double[] m3 = m[i + 3];
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      for (int j = from; j < n; j++) {
        s0 += m0[j] * v[j];
        s1 += m1[j] * v[j];
        s2 += m2[j] * v[j];
        s3 += m3[j] * v[j];
      }
      product[i] = s0;
      product[i + 1] = s1;
      product[i + 2] = s2;
      product[i + 3] = s3;
    }
    for (; i < n; i++) {
      double sum = 0;
      for (int j = from; j < n; j++) {
        sum += m[i][j] * v[j];
      }
      product[i] = sum;
    }
  }

  /** Multiplies the reflections out, last one first, into the rows of {@code vectors}. */
  private void accumulate() {
    identity(vectors, n);
    for (int k = n - 3; k >= 0; k--) {
      if (scales[k] == 0) {
        continue;
      }
      double[] v = a[k];
      multiply(vectors, k + 1, v);
      for (int i = k + 1; i < n; i++) {
        addTo(vectors[i], k + 1, -scales[k] * product[i], v);
      }
    }
  }

  /** row[j] += s v[j] from the given entry on. */
  private static void addTo(double[] row, int from, double s, double[] v) {
    for (int j = from; j < row.length; j++) {
      row[j] += s * v[j];
    }
  }

  /**
   * Implicit QL on a symmetric tridiagonal matrix.
   *
   * @param n its size
   * @param d diagonal; receives the eigenvalues
   * @param e e[i] couples i and i + 1, length n with e[n - 1] unused; destroyed
   * @param z at least n rows; every rotation of the columns of the eigenvector matrix is applied to
   *     them as rows
   * @return false when a value does not settle
   */
  static boolean diagonalise(int n, double[] d, double[] e, double[][] z) {
    e[n - 1] = 0;
    double norm = 0;
    for (int i = 0; i < n; i++) {
      norm = Math.max(norm, Math.abs(d[i]) + Math.abs(e[i]));
    }
    // where many values are 0 both neighbours are rounding errors, and only the size of the whole
    // matrix tells that what couples them is one too
    double nothing = 0.25 * UNIT_ROUNDOFF * norm;
    for (int l = 0; l < n; l++) {
      for (int step = 0; ; step++) {
        int m = l;
        while (m < n - 1
            && Math.abs(e[m])
                > Math.max(nothing, UNIT_ROUNDOFF * (Math.abs(d[m]) + Math.abs(d[m + 1])))) {
          m++;
        }
        if (m == l) {
          break;
        }
        if (step == MOST_STEPS_PER_VALUE) {
          return false;
        }
        sweep(l, m, d, e, z);
      }
    }
    return true;
  }

  /** One shifted QL sweep over rows l to m, chasing the bulge upwards from m. */
  private static void sweep(int l, int m, double[] d, double[] e, double[][] z) {
    double ratio = (d[l + 1] - d[l]) / (2 * e[l]);
    double root = Math.sqrt(ratio * ratio + 1);
    double g = d[m] - d[l] + e[l] / (ratio + (ratio < 0 ? -root : root));
    double sine = 1;
    double cosine = 1;
    double shift = 0;
    for (int i = m - 1; i >= l; i--) {
      double bulge = sine * e[i];
      double b = cosine * e[i];
      double r = Math.sqrt(bulge * bulge + g * g);
      e[i + 1] = r;
      if (r == 0) {
        d[i + 1] -= shift;
        e[m] = 0;
        return;
      }
      sine = bulge / r;
      cosine = g / r;
      g = d[i + 1] - shift;
      double t = (d[i] - g) * sine + 2 * cosine * b;
      shift = sine * t;
      d[i + 1] = g + shift;
      g = cosine * t - b;
      rotate(z[i], z[i + 1], cosine, sine);
    }
    d[l] -= shift;
    e[l] = g;
    e[m] = 0;
  }

  private static void rotate(double[] low, double[] high, double c, double s) {
    for (int j = 0; j < low.length; j++) {
      double p = low[j];
      double q = high[j];
      high[j] = s * p + c * q;
      low[j] = c * p - s * q;
    }
  }

  /** Makes the leading block of size n the identity and clears the rest of its rows. */
  static void identity(double[][] z, int n) {
    for (int i = 0; i < n; i++) {
      Arrays.fill(z[i], 0);
      z[i][i] = 1;
    }
  }
}
