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

  private final int n;
  private final double[] a;
  private final double[] values;
  private final double[] off;
  private final double[] vectors;
  private final double[] reflector;
  private final double[] product;
  private final double[] scales;

  /**
   * A solver for one size.
   *
   * @param n rows and columns, at least 1
   */
  public SymmetricEigen(int n) {
    this.n = n;
    a = new double[Math.multiplyExact(n, n)];
    vectors = new double[n * n];
    values = new double[n];
    off = new double[n];
    reflector = new double[n];
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
      identity(n, vectors);
      return true;
    }
    // a power of two, so that scaling is exact and squares neither over- nor underflow
    double unit = Math.scalb(1.0, Math.max(-1000, Math.min(1000, Math.getExponent(largest))));
    for (int i = 0; i < n * n; i++) {
      a[i] = matrix[i] / unit;
    }
    reduce();
    accumulate();
    if (!diagonalise(n, values, off, vectors, n)) {
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
   * @return the live array, row-major n x n
   */
  public double[] vectors() {
    return vectors;
  }

  /** Reflects rows and columns until only the diagonal and its neighbours are left. */
  private void reduce() {
    for (int k = 0; k < n - 2; k++) {
      int m = n - k - 1;
      int row = k * n + k + 1;
      System.arraycopy(a, row, reflector, 0, m);
      double tail = Kernels.dot(m - 1, reflector, 1, reflector, 1);
      values[k] = a[k * n + k];
      if (tail == 0) {
        off[k] = reflector[0];
        scales[k] = 0;
        continue;
      }
      double norm = Math.sqrt(reflector[0] * reflector[0] + tail);
      double alpha = reflector[0] > 0 ? -norm : norm;
      reflector[0] -= alpha;
      double scale = 2 / (reflector[0] * reflector[0] + tail);
      int block = (k + 1) * n + k + 1;
      Kernels.gemv(m, m, a, block, n, reflector, 0, product, 0);
      double half = 0;
      for (int i = 0; i < m; i++) {
        product[i] *= scale;
        half += product[i] * reflector[i];
      }
      half *= 0.5 * scale;
      for (int i = 0; i < m; i++) {
        product[i] -= half * reflector[i];
      }
      for (int i = 0; i < m; i++) {
        double r = reflector[i];
        double p = product[i];
        int at = block + i * n;
        for (int j = 0; j < m; j++) {
          a[at + j] -= r * product[j] + p * reflector[j];
        }
      }
      System.arraycopy(reflector, 0, a, row, m);
      scales[k] = scale;
      off[k] = alpha;
    }
    if (n > 1) {
      values[n - 2] = a[(n - 2) * n + n - 2];
      off[n - 2] = a[(n - 2) * n + n - 1];
    }
    values[n - 1] = a[n * n - 1];
    off[n - 1] = 0;
  }

  /** Multiplies the reflections out, last one first, into the rows of {@code vectors}. */
  private void accumulate() {
    identity(n, vectors);
    for (int k = n - 3; k >= 0; k--) {
      if (scales[k] == 0) {
        continue;
      }
      int m = n - k - 1;
      int row = k * n + k + 1;
      int block = (k + 1) * n + k + 1;
      Kernels.gemv(m, m, vectors, block, n, a, row, product, 0);
      for (int i = 0; i < m; i++) {
        Kernels.axpy(m, -scales[k] * product[i], a, row, vectors, block + i * n);
      }
    }
  }

  /**
   * Implicit QL on a symmetric tridiagonal matrix.
   *
   * @param n its size
   * @param d diagonal; receives the eigenvalues
   * @param e e[i] couples i and i + 1, length n with e[n - 1] unused; destroyed
   * @param z n rows of length {@code width}; every rotation of the columns of the eigenvector
   *     matrix is applied to them as rows
   * @param width length of a row of z
   * @return false when a value does not settle
   */
  static boolean diagonalise(int n, double[] d, double[] e, double[] z, int width) {
    e[n - 1] = 0;
    for (int l = 0; l < n; l++) {
      for (int step = 0; ; step++) {
        int m = l;
        while (m < n - 1
            && Math.abs(e[m]) > UNIT_ROUNDOFF * (Math.abs(d[m]) + Math.abs(d[m + 1]))) {
          m++;
        }
        if (m == l) {
          break;
        }
        if (step == MOST_STEPS_PER_VALUE) {
          return false;
        }
        sweep(l, m, d, e, z, width);
      }
    }
    return true;
  }

  /** One shifted QL sweep over rows l to m, chasing the bulge upwards from m. */
  private static void sweep(int l, int m, double[] d, double[] e, double[] z, int width) {
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
      rotate(z, i * width, (i + 1) * width, width, cosine, sine);
    }
    d[l] -= shift;
    e[l] = g;
    e[m] = 0;
  }

  private static void rotate(double[] z, int low, int high, int width, double c, double s) {
    for (int j = 0; j < width; j++) {
      double p = z[low + j];
      double q = z[high + j];
      z[high + j] = s * p + c * q;
      z[low + j] = c * p - s * q;
    }
  }

  static void identity(int n, double[] z) {
    Arrays.fill(z, 0, n * n, 0.0);
    for (int i = 0; i < n; i++) {
      z[i * n + i] = 1;
    }
  }
}
