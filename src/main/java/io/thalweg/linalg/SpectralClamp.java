package io.thalweg.linalg;

import java.util.Arrays;

/**
 * S_[mu,lg](H): symmetrise (H + H') / 2, replace every <em>eigenvalue</em> theta by min(max(theta,
 * mu), lg), rebuild. A negative eigenvalue goes to mu, not to its absolute value. The inverse
 * reuses the eigenvectors of the last clamp. Allocates at construction only.
 */
public final class SpectralClamp {
  private final int n;
  private final double mu;
  private final double lg;
  private final SymmetricEigen eigen;
  private final double[] changes;
  private final double[][] rows;
  private boolean valid;

  /**
   * A clamp for one size.
   *
   * @param n rows and columns
   * @param mu smallest eigenvalue let through, positive
   * @param lg largest eigenvalue let through, at least mu, may be infinity
   */
  public SpectralClamp(int n, double mu, double lg) {
    if (!(mu > 0 && mu <= lg)) {
      throw new IllegalArgumentException(
          "the spectral clamp needs 0 < mu <= lg, but they were " + mu + " and " + lg);
    }
    this.n = n;
    this.mu = mu;
    this.lg = lg;
    eigen = new SymmetricEigen(n);
    changes = new double[n];
    rows = new double[n][n];
  }

  /**
   * Clamps a matrix in place. A matrix with a non-finite entry becomes NaN throughout, so that
   * whoever checks the result sees it.
   *
   * @param h row-major n x n, modified
   * @return how many eigenvalues were outside [mu, lg]
   */
  public int clamp(double[] h) {
    Symmetric.mean(n, h);
    valid = eigen.decompose(h);
    if (!valid) {
      Arrays.fill(h, Double.NaN);
      return 0;
    }
    double[] theta = eigen.values();
    int clamped = 0;
    for (int k = 0; k < n; k++) {
      double inside = Math.min(Math.max(theta[k], mu), lg);
      changes[k] = inside - theta[k];
      theta[k] = inside;
      clamped += changes[k] == 0 ? 0 : 1;
    }
    if (clamped > 0) {
      Symmetric.split(h, rows);
      Symmetric.addSquares(eigen.vectors(), changes, rows);
      Symmetric.join(rows, h);
    }
    return clamped;
  }

  /**
   * out becomes S(H)^-1 b for the matrix of the last {@link #clamp}.
   *
   * @param b vector of length n, not modified
   * @param out receives sum of u_i (u_i'b) / theta_i; not b
   */
  public void solve(double[] b, double[] out) {
    if (!valid) {
      Arrays.fill(out, 0, n, Double.NaN);
      return;
    }
    double[] theta = eigen.values();
    double[][] vectors = eigen.vectors();
    Arrays.fill(out, 0, n, 0.0);
    for (int i = 0; i < n; i++) {
      Kernels.axpy(Kernels.dot(vectors[i], b) / theta[i], vectors[i], out);
    }
  }

  /** The eigenvalues after the last clamp, in no particular order; the live array. */
  double[] values() {
    return eigen.values();
  }

  /** The eigenvectors of the last clamp, row k with value k; the live arrays. */
  double[][] vectors() {
    return eigen.vectors();
  }
}
