package io.thalweg.linalg;

import java.util.Arrays;

/**
 * The largest eigenvalue of a positive semidefinite matrix with its eigenvector: Lanczos from a
 * seeded Gaussian start with full re-orthogonalisation, until the residual |A v - theta v| is at
 * rounding level or the space is exhausted. A few dozen products where the largest value stands
 * apart, never more than the matrix has rows. Where several values tie, v is one of their vectors.
 *
 * <p>One instance serves all sizes: work arrays grow with the largest matrix so far, and what they
 * have room for never shows in a result.
 */
public final class TopEigenpair {
  private static final long SEED = 1;
  private static final double ROUNDING = 1e-14;
  private static final int FIRST_LOOK = 6;

  private double[] start = new double[0];
  private double[][] basis = new double[0][];
  private double[][] ritz = new double[0][];
  private double[] product = new double[0];
  private double[] alpha = new double[0];
  private double[] beta = new double[0];
  private double[] diagonal = new double[0];
  private double[] coupling = new double[0];
  private double[] vector = new double[0];
  private double value;

  /** Room for nothing yet. */
  public TopEigenpair() {}

  /**
   * Finds the pair.
   *
   * @param n rows and columns, at least 1
   * @param matrix symmetric, positive semidefinite up to rounding, row-major, not modified
   * @return false when an entry is not finite or the iteration does not settle
   */
  public boolean solve(int n, double[] matrix) {
    makeRoom(n);
    double norm = Math.sqrt(Kernels.dot(n, start, 0, start, 0));
    System.arraycopy(start, 0, product, 0, n);
    double size = 0;
    int look = Math.min(n, FIRST_LOOK);
    for (int k = 0; ; ) {
      double[] q = basis[k];
      for (int i = 0; i < n; i++) {
        q[i] = product[i] / norm;
      }
      for (int i = 0; i < n; i++) {
        product[i] = Kernels.dot(n, matrix, i * n, q, 0);
      }
      alpha[k] = Kernels.dot(n, q, 0, product, 0);
      orthogonalise(n, k);
      norm = Math.sqrt(Kernels.dot(n, product, 0, product, 0));
      beta[k] = norm;
      size = Math.max(size, Math.abs(alpha[k]) + norm);
      if (!(size <= Double.MAX_VALUE)) {
        return false;
      }
      k++;
      boolean exhausted = k == n || !(norm > ROUNDING * size);
      if (exhausted || k == look) {
        int top = decompose(k);
        if (top < 0) {
          return false;
        }
        if (exhausted || norm * Math.abs(ritz[top][k - 1]) <= ROUNDING * diagonal[top]) {
          combine(n, k, top);
          return true;
        }
        look = Math.min(n, k + k / 2);
      }
    }
  }

  /** Twice, as once leaves what the first subtraction rounded. */
  private void orthogonalise(int n, int k) {
    for (int pass = 0; pass < 2; pass++) {
      for (int j = 0; j <= k; j++) {
        double along = Kernels.dot(n, product, 0, basis[j], 0);
        Kernels.axpy(n, -along, basis[j], 0, product, 0);
      }
    }
  }

  /** Decomposes the leading k x k of the tridiagonal matrix; the place of the largest value. */
  private int decompose(int k) {
    System.arraycopy(alpha, 0, diagonal, 0, k);
    System.arraycopy(beta, 0, coupling, 0, k);
    SymmetricEigen.identity(ritz, k);
    if (!SymmetricEigen.diagonalise(k, diagonal, coupling, ritz)) {
      return -1;
    }
    int top = 0;
    for (int i = 1; i < k; i++) {
      if (diagonal[i] > diagonal[top]) {
        top = i;
      }
    }
    return top;
  }

  private void combine(int n, int k, int top) {
    value = diagonal[top];
    Arrays.fill(vector, 0, n, 0.0);
    for (int j = 0; j < k; j++) {
      Kernels.axpy(n, ritz[top][j], basis[j], 0, vector, 0);
    }
  }

  private void makeRoom(int n) {
    if (n <= start.length) {
      return;
    }
    SplitMix64 rng = new SplitMix64(SEED);
    start = new double[n];
    for (int i = 0; i < n; i++) {
      start[i] = rng.gaussian();
    }
    basis = new double[n][n];
    ritz = new double[n][n];
    product = new double[n];
    alpha = new double[n];
    beta = new double[n];
    diagonal = new double[n];
    coupling = new double[n];
    vector = new double[n];
  }

  /**
   * The largest eigenvalue of the last matrix.
   *
   * @return theta, below 0 at most by rounding
   */
  public double value() {
    return value;
  }

  /**
   * Its eigenvector, of length 1, with either sign.
   *
   * @return the live array, the first n entries in use
   */
  public double[] vector() {
    return vector;
  }
}
