package io.thalweg.problem;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.Symmetric;

/**
 * Sums of rank-one terms c_r u_r v_r' over the rows of column arrays. Rows and the line of the
 * matrix under work are copied to arrays of their own first, which lets the loop vectorise (see
 * {@link Symmetric}); the copies are read once per line of the matrix. Grows to the largest row
 * length seen and then allocates nothing.
 */
final class RankOneSums {
  /** Rows taken at a time: a block of a thousand columns stays in the cache of a core. */
  private static final int BLOCK = 32;

  private double[][] rows = new double[BLOCK][0];
  private double[] line = new double[0];

  /**
   * h += sum_r c_r a_r a_r' for the leading n x n block of a matrix, both halves of which are equal
   * before and after.
   *
   * @param a holds the rows, one after the other
   * @param n their length
   * @param count how many
   * @param c factors, length count
   * @param h row-major, modified
   * @param stride distance between the starts of two rows of h
   */
  void addSquares(double[] a, int n, int count, double[] c, double[] h, int stride) {
    for (int from = 0; from < count; from += BLOCK) {
      int block = take(a, n, from, count);
      for (int i = 0; i < n; i++) {
        System.arraycopy(h, i * stride, line, 0, i + 1);
        addLine(i + 1, block, c, from, a, from * n + i, n);
        System.arraycopy(line, 0, h, i * stride, i + 1);
      }
    }
    Symmetric.mirror(n, stride, h);
  }

  /**
   * out += sum_r c_r u_r v_r'.
   *
   * @param u holds the rows u_r, one after the other
   * @param un their length
   * @param v holds the rows v_r
   * @param vn their length
   * @param count how many
   * @param c factors, length count
   * @param out row-major un x vn, modified
   */
  void addOuters(double[] u, int un, double[] v, int vn, int count, double[] c, double[] out) {
    for (int from = 0; from < count; from += BLOCK) {
      int block = take(v, vn, from, count);
      for (int i = 0; i < un; i++) {
        System.arraycopy(out, i * vn, line, 0, vn);
        addLine(vn, block, c, from, u, from * un + i, un);
        System.arraycopy(line, 0, out, i * vn, vn);
      }
    }
  }

  private int take(double[] v, int n, int from, int count) {
    if (line.length < n) {
      line = new double[n];
      rows = new double[BLOCK][n];
    }
    int block = Math.min(BLOCK, count - from);
    for (int r = 0; r < block; r++) {
      System.arraycopy(v, (from + r) * n, rows[r], 0, n);
    }
    return block;
  }

  /** The first m entries of line += sum_r c[from + r] u[at + r stride] rows_r. */
  private void addLine(int m, int block, double[] c, int from, double[] u, int at, int stride) {
    int r = 0;
    for (; r + 3 < block; r += 4) {
      int place = at + r * stride;
      Kernels.addFour(
          m,
          c[from + r] * u[place],
          rows[r],
          c[from + r + 1] * u[place + stride],
          rows[r + 1],
          c[from + r + 2] * u[place + 2 * stride],
          rows[r + 2],
          c[from + r + 3] * u[place + 3 * stride],
          rows[r + 3],
          line);
    }
    for (; r < block; r++) {
      double f = c[from + r] * u[at + r * stride];
      double[] row = rows[r];
      for (int j = 0; j < m; j++) {
        line[j] += f * row[j];
      }
    }
  }
}
