package io.thalweg.linalg;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The nearest point, in Frobenius norm, of {|G|_op &lt;= C}: singular values above C become C. With
 * G = U S V' this is G + sum over s_i &gt; C of (C - s_i) u_i v_i'. The decomposition is EJML's: it
 * is exact where a Gram matrix would lose half the digits, and it is rare, because nothing is
 * decomposed while the Frobenius norm is at most C.
 */
public final class OperatorNormBall {
  private final int rows;
  private final int cols;
  private final double radius;
  private final DMatrixRMaj matrix;
  private final DMatrixRMaj left;
  private final DMatrixRMaj right;
  private final SingularValueDecomposition_F64<DMatrixRMaj> svd;

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
    int side = Math.min(rows, cols);
    matrix = new DMatrixRMaj(used ? rows : 1, used ? cols : 1);
    left = new DMatrixRMaj(used ? side : 1, used ? rows : 1);
    right = new DMatrixRMaj(used ? side : 1, used ? cols : 1);
    svd = DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, true, true, true);
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
    System.arraycopy(g, 0, matrix.data, 0, rows * cols);
    if (!(square <= Double.MAX_VALUE) || !svd.decompose(matrix)) {
      Arrays.fill(g, Double.NaN);
      return 0;
    }
    svd.getU(left, true);
    svd.getV(right, true);
    double[] singular = svd.getSingularValues();
    int clamped = 0;
    for (int k = 0; k < svd.numberOfSingularValues(); k++) {
      if (singular[k] > radius) {
        clamped++;
        for (int i = 0; i < rows; i++) {
          double along = (radius - singular[k]) * left.data[k * rows + i];
          Kernels.axpy(cols, along, right.data, k * cols, g, i * cols);
        }
      }
    }
    return clamped;
  }
}
