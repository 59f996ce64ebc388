package io.thalweg.linalg;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The nearest point, in Frobenius norm, of {|G|_op &lt;= C}: singular values above C become C. With
 * G G' = U S^2 U' (of the shorter side) this is G + sum over s_i &gt; C of (C / s_i - 1) u_i (u_i'
 * G), so that only the eigenvectors of a small Gram matrix are needed; its products are EJML's. Its
 * error relative to C is about (s_max / C)^2 units of roundoff. EJML's own SVD is not used: where
 * it converges slowly it draws shifts from a generator that outlives the call, and a resumed run
 * would draw others.
 */
public final class OperatorNormBall {
  private final int rows;
  private final int cols;
  private final double radius;
  private final int side;
  private final SymmetricEigen eigen;
  private final DMatrixRMaj matrix;
  private final DMatrixRMaj gram;
  private final double[] projected;

  /**
   * A clamp for one shape.
   *
   * @param rows rows of G
   * @param cols columns of G
   * @param radius C, positive; infinity switches it off
   */
  public OperatorNormBall(int rows, int cols, double radius) {
    if (!(radius > 0)) {
      throw new IllegalArgumentException(
          "the operator-norm ball needs a radius above 0, but it was " + radius);
    }
    this.rows = rows;
    this.cols = cols;
    this.radius = radius;
    boolean used = radius < Double.POSITIVE_INFINITY;
    side = used ? Math.min(rows, cols) : 1;
    eigen = new SymmetricEigen(side);
    matrix = new DMatrixRMaj(used ? rows : 1, used ? cols : 1);
    gram = new DMatrixRMaj(side, side);
    projected = new double[used ? Math.max(rows, cols) : 0];
  }

  /**
   * Clamps a matrix in place. No decomposition is done when the Frobenius norm is at most C. A
   * matrix with a non-finite entry becomes NaN throughout.
   *
   * @param g row-major rows x cols, modified
   * @return how many singular values were above C
   */
  public int clamp(double[] g) {
    if (radius == Double.POSITIVE_INFINITY) {
      return 0;
    }
    double square = Kernels.dot(g, g);
    if (square <= radius * radius) {
      return 0;
    }
    matrix.setData(g);
    if (rows <= cols) {
      CommonOps_DDRM.multOuter(matrix, gram);
    } else {
      CommonOps_DDRM.multInner(matrix, gram);
    }
    if (!(square <= Double.MAX_VALUE) || !eigen.decompose(gram.data)) {
      Arrays.fill(g, Double.NaN);
      return 0;
    }
    int clamped = 0;
    double[] values = eigen.values();
    for (int k = 0; k < side; k++) {
      if (values[k] > radius * radius) {
        clamped++;
        double factor = radius / Math.sqrt(values[k]) - 1;
        if (rows <= cols) {
          shrinkFromLeft(k, factor, g);
        } else {
          shrinkFromRight(k, factor, g);
        }
      }
    }
    return clamped;
  }

  /** G += factor u (u'G). */
  private void shrinkFromLeft(int k, double factor, double[] g) {
    double[] u = eigen.vectors()[k];
    Arrays.fill(projected, 0, cols, 0.0);
    for (int i = 0; i < rows; i++) {
      Kernels.axpy(cols, u[i], g, i * cols, projected, 0);
    }
    for (int i = 0; i < rows; i++) {
      Kernels.axpy(cols, factor * u[i], projected, 0, g, i * cols);
    }
  }

  /** G += factor (G u) u'. */
  private void shrinkFromRight(int k, double factor, double[] g) {
    double[] u = eigen.vectors()[k];
    for (int i = 0; i < rows; i++) {
      double along = Kernels.dot(cols, g, i * cols, u, 0);
      Kernels.axpy(cols, factor * along, u, 0, g, i * cols);
    }
  }
}
