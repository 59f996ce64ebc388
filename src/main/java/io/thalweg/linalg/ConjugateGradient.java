package io.thalweg.linalg;

/**
 * Conjugate gradients for H v = b with H positive definite: r = b - H v, p = r; N times a = r'r /
 * p'Hp, v += a p, r -= a Hp, p = r + (r'r new / r'r old) p. N = n is exact up to rounding.
 * Allocates at construction only.
 */
public final class ConjugateGradient {
  private final double[] residual;
  private final double[] direction;
  private final double[] product;
  private final double mu;

  /**
   * A solver for one size.
   *
   * @param n length of b
   * @param mu curvature below which H is not trusted: the iteration ends when p'Hp &lt;= mu |p|^2;
   *     0 ends it on negative curvature only
   */
  public ConjugateGradient(int n, double mu) {
    this.mu = mu;
    residual = new double[n];
    direction = new double[n];
    product = new double[n];
  }

  /**
   * Improves v.
   *
   * @param h the matrix; one product per iteration and one for the start, none when v is 0
   * @param b right side, length n, not modified
   * @param v start, receives the solution
   * @param iterations most iterations
   * @return iterations done; fewer when the residual is 0 or the curvature too small
   */
  public int solve(LinearMap h, double[] b, double[] v, int iterations) {
    Kernels.copy(b, residual);
    if (Kernels.dot(v, v) != 0) {
      h.apply(v, product);
      Kernels.axpy(-1, product, residual);
    }
    Kernels.copy(residual, direction);
    double square = Kernels.dot(residual, residual);
    for (int i = 0; i < iterations; i++) {
      if (square == 0) {
        return i;
      }
      h.apply(direction, product);
      double curvature = Kernels.dot(direction, product);
      if (curvature <= mu * Kernels.dot(direction, direction)) {
        return i;
      }
      double a = square / curvature;
      Kernels.axpy(a, direction, v);
      Kernels.axpy(-a, product, residual);
      double next = Kernels.dot(residual, residual);
      Kernels.add(residual, next / square, direction, direction);
      square = next;
    }
    return iterations;
  }
}
