package io.thalweg.linalg;

import java.util.Arrays;

/**
 * S_[mu,lg](H)^-1 b from at most k products with H: Lanczos with every new direction
 * re-orthogonalised twice against all before, then the clamp on the eigenvalues of the tridiagonal
 * matrix. Equals the dense clamped solve at k = n; takes indefinite H. Allocates at construction
 * only.
 */
public final class LanczosSolve {
  /**
   * A new direction is rounding when its length is at most this share of the largest entry so far:
   * a share, so that a Hessian in small units is not taken for an exhausted space.
   */
  private static final double BREAKDOWN = 1e-12;

  private final int n;
  private final int most;
  private final double mu;
  private final double lg;
  private final double[][] basis;
  private final double[] product;
  private final double[] alpha;
  private final double[] beta;
  private final double[][] ritz;
  private int products;
  private int clamped;

  /**
   * A solver for one size.
   *
   * @param n length of b
   * @param krylov largest number of products, at least 1
   * @param mu smallest eigenvalue let through, positive
   * @param lg largest eigenvalue let through, at least mu
   */
  public LanczosSolve(int n, int krylov, double mu, double lg) {
    if (krylov < 1 || !(mu > 0 && mu <= lg)) {
      throw new IllegalArgumentException(
          "the Lanczos solve needs krylov >= 1 and 0 < mu <= lg, but they were "
              + krylov
              + ", "
              + mu
              + " and "
              + lg);
    }
    this.n = n;
    this.most = Math.min(n, krylov);
    this.mu = mu;
    this.lg = lg;
    basis = new double[most][n];
    product = new double[n];
    alpha = new double[most];
    beta = new double[most];
    ritz = new double[most][most];
  }

  /**
   * out becomes the clamped solve.
   *
   * @param h the matrix
   * @param b right side, length n, not modified; 0 gives 0
   * @param out receives the solution, not b; NaN throughout when a product is not finite
   */
  public void solve(LinearMap h, double[] b, double[] out) {
    products = 0;
    clamped = 0;
    double length = Kernels.norm2(b);
    if (length == 0) {
      Arrays.fill(out, 0, n, 0.0);
      return;
    }
    int k = expand(h, b, length);
    Arrays.fill(out, 0, n, Double.NaN);
    for (int i = 0; i < k; i++) {
      if (!(Math.abs(alpha[i]) <= Double.MAX_VALUE && Math.abs(beta[i]) <= Double.MAX_VALUE)) {
        return;
      }
    }
    SymmetricEigen.identity(ritz, k);
    if (!SymmetricEigen.diagonalise(k, alpha, beta, ritz)) {
      return;
    }
    Arrays.fill(out, 0, n, 0.0);
    for (int i = 0; i < k; i++) {
      double inside = Math.min(Math.max(alpha[i], mu), lg);
      if (inside != alpha[i]) {
        clamped++;
      }
      // beta is free again and holds S[0, i] / clip(theta_i)
      beta[i] = ritz[i][0] / inside;
    }
    for (int j = 0; j < k; j++) {
      double c = 0;
      for (int i = 0; i < k; i++) {
        c += ritz[i][j] * beta[i];
      }
      Kernels.axpy(length * c, basis[j], out);
    }
  }

  /** Builds basis, alpha and beta; returns the number of directions. */
  private int expand(LinearMap h, double[] b, double length) {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      basis[0][i] = b[i] / length;
    }
    for (int i = 0; ; i++) {
      h.apply(basis[i], product);
      products++;
      alpha[i] = Kernels.dot(basis[i], product);
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j <= i; j++) {
          Kernels.axpy(-Kernels.dot(product, basis[j]), basis[j], product);
        }
      }
      beta[i] = Kernels.norm2(product);
      largest = Math.max(largest, Math.abs(alpha[i]));
      if (!(beta[i] > BREAKDOWN * largest) || i + 1 == most) {
        return i + 1;
      }
      largest = Math.max(largest, beta[i]);
      for (int j = 0; j < n; j++) {
        basis[i + 1][j] = product[j] / beta[i];
      }
    }
  }

  /**
   * Products the last solve took.
   *
   * @return at most krylov
   */
  public int products() {
    return products;
  }

  /**
   * Eigenvalues of the tridiagonal matrix the last solve clamped.
   *
   * @return how many were outside [mu, lg]
   */
  public int clamped() {
    return clamped;
  }
}
