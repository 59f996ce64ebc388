package io.thalweg.problem;

import java.util.Arrays;

/** Products with one row of a column array; plain loops of one order, so that sums never vary. */
final class Rows {
  private Rows() {}

  /**
   * The sum over j of row[at + j] v[j], in four partial sums that do not wait for each other; their
   * order is part of the result and never changes.
   */
  static double dot(double[] row, int at, double[] v, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j < n - 3; j += 4) {
      s0 += row[at + j] * v[j];
      s1 += row[at + j + 1] * v[j + 1];
      s2 += row[at + j + 2] * v[j + 2];
      s3 += row[at + j + 3] * v[j + 3];
    }
    for (; j < n; j++) {
      s0 += row[at + j] * v[j];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** The sum over j of w[j] v[j]^2, in partial sums like {@link #dot}. */
  static double dotOfSquares(double[] w, double[] v, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j < n - 3; j += 4) {
      s0 += w[j] * v[j] * v[j];
      s1 += w[j + 1] * v[j + 1] * v[j + 1];
      s2 += w[j + 2] * v[j + 2] * v[j + 2];
      s3 += w[j + 3] * v[j + 3] * v[j + 3];
    }
    for (; j < n; j++) {
      s0 += w[j] * v[j] * v[j];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** The sum over j of v[j], in partial sums like {@link #dot}. */
  static double sum(double[] v, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j < n - 3; j += 4) {
      s0 += v[j];
      s1 += v[j + 1];
      s2 += v[j + 2];
      s3 += v[j + 3];
    }
    for (; j < n; j++) {
      s0 += v[j];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** out[j] += factor row[at + j]. */
  static void add(double factor, double[] row, int at, double[] out, int n) {
    for (int j = 0; j < n; j++) {
      out[j] += factor * row[at + j];
    }
  }

  /** out += factor u v' for a row-major matrix, u and v being rows of column arrays. */
  static void addOuter(
      double factor, double[] u, int uAt, int un, double[] v, int vAt, int vn, double[] out) {
    for (int i = 0; i < un; i++) {
      double f = factor * u[uAt + i];
      int at = i * vn;
      for (int j = 0; j < vn; j++) {
        out[at + j] += f * v[vAt + j];
      }
    }
  }

  /** out[j] *= factor. */
  static void scale(double factor, double[] out, int n) {
    for (int j = 0; j < n; j++) {
      out[j] *= factor;
    }
  }

  /** out = the mean over the first count rows of a column array, summed in their order. */
  static void mean(double[] rows, int count, double[] out, int n) {
    Arrays.fill(out, 0, n, 0);
    for (int r = 0; r < count; r++) {
      add(1, rows, r * n, out, n);
    }
    scale(1.0 / count, out, n);
  }
}
