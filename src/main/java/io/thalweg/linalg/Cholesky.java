package io.thalweg.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/** Solves A v = b for a symmetric positive definite A by its Cholesky factors A = L L'. */
public final class Cholesky {
  private final int n;
  private final DMatrixRMaj matrix;
  private final DMatrixRMaj right;
  private final DMatrixRMaj solution;
  private final LinearSolverDense<DMatrixRMaj> solver;

  /**
   * A solver for one size.
   *
   * @param n rows of A, at least 1
   */
  public Cholesky(int n) {
    this.n = n;
    matrix = new DMatrixRMaj(n, n);
    right = new DMatrixRMaj(n, 1);
    solution = new DMatrixRMaj(n, 1);
    solver = LinearSolverFactory_DDRM.chol(n);
  }

  /**
   * Takes a matrix up.
   *
   * @param a row-major, length n*n, its lower triangle is read; not modified
   * @return false when it is not positive definite
   */
  public boolean factor(double[] a) {
    System.arraycopy(a, 0, matrix.data, 0, n * n);
    return solver.setA(matrix);
  }

  /**
   * Solves for the matrix last taken up.
   *
   * @param b right side, length n, not modified
   * @param v receives the solution; may be b
   */
  public void solve(double[] b, double[] v) {
    System.arraycopy(b, 0, right.data, 0, n);
    solver.solve(right, solution);
    System.arraycopy(solution.data, 0, v, 0, n);
  }
}
