package io.thalweg.linalg;

/** Sums of u v' by which tests make matrices of known rank and spectrum. */
final class RankOne {
  private RankOne() {}

  /** A becomes A + s u v', row by row. */
  static void add(int rows, int cols, double s, double[] u, double[] v, double[] a) {
    for (int i = 0; i < rows; i++) {
      Kernels.axpy(cols, s * u[i], v, 0, a, i * cols);
    }
  }
}
