package io.thalweg.problem;

/** Products with one row of a column array; plain loops in index order, so that sums never vary. */
final class Rows {
  private Rows() {}

  /** The sum over j of row[at + j] v[j]. */
  static double dot(double[] row, int at, double[] v, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += row[at + j] * v[j];
    }
    return sum;
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
}
