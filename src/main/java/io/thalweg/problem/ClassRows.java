package io.thalweg.problem;

import io.thalweg.sample.Batch;
import java.util.Arrays;

/**
 * Products and sums of feature rows with a matrix Y of one column per class, kept row by row: entry
 * (j, c) at j C + c, features first, the bias behind them. What belongs to the rows of a batch is
 * kept the other way, one array per class, so that loops over rows are plain ones. Dense rows take
 * the columns of Y one by one through the loops of {@link FeatureRows}, sparse ones the C
 * neighbours of each entry.
 */
final class ClassRows {
  private final FeatureRows rows;
  private final int classes;

  /** A column of Y, and one of a direction; scratch. */
  private final double[] column;

  private final double[] along;

  /** A block of a Hessian; scratch, of use only where matrices are asked for. */
  private double[] block = new double[0];

  private double[] factors = new double[0];

  ClassRows(FeatureRows rows, int classes) {
    this.rows = rows;
    this.classes = classes;
    column = new double[rows.sparse() ? 0 : rows.width()];
    along = new double[column.length];
  }

  /** out[c][r] = a_r'Y_c. */
  void products(Batch batch, double[] y, double[][] out) {
    for (int c = 0; c < classes; c++) {
      if (rows.sparse()) {
        sparseProducts(batch, y, c, out[c]);
      } else {
        take(y, c, column);
        rows.products(batch, column, out[c]);
      }
    }
  }

  /** outY[c][r] = a_r'Y_c and outV[c][r] = a_r'V_c. */
  void products(Batch batch, double[] y, double[] v, double[][] outY, double[][] outV) {
    for (int c = 0; c < classes; c++) {
      if (rows.sparse()) {
        sparseProducts(batch, y, c, outY[c]);
        sparseProducts(batch, v, c, outV[c]);
      } else {
        take(y, c, column);
        take(v, c, along);
        rows.products(batch, column, along, outY[c], outV[c]);
      }
    }
  }

  private void sparseProducts(Batch batch, double[] y, int c, double[] out) {
    int[] index = batch.index();
    double[] value = batch.value();
    double start = rows.hasBias() ? y[rows.features() * classes + c] : 0;
    for (int r = 0; r < batch.size(); r++) {
      int to = batch.rowStart()[r + 1];
      double sum = 0;
      for (int k = batch.rowStart()[r]; k < to; k++) {
        sum += value[k] * y[index[k] * classes + c];
      }
      out[r] = start + sum;
    }
  }

  /** Column c of out += sum_r f[c][r] a_r. */
  void add(Batch batch, double[][] f, double[] out) {
    for (int c = 0; c < classes; c++) {
      if (rows.sparse()) {
        addSparse(batch, f[c], c, out);
      } else {
        Arrays.fill(column, 0);
        rows.add(batch, f[c], column);
        give(column, c, out);
      }
    }
  }

  /** Column c of g += sum_r f[c][r] a_r, and that of h with d in place of f. */
  void add(Batch batch, double[][] f, double[][] d, double[] g, double[] h) {
    for (int c = 0; c < classes; c++) {
      if (rows.sparse()) {
        addSparse(batch, f[c], c, g);
        addSparse(batch, d[c], c, h);
      } else {
        Arrays.fill(column, 0);
        Arrays.fill(along, 0);
        rows.add(batch, f[c], d[c], column, along);
        give(column, c, g);
        give(along, c, h);
      }
    }
  }

  private void addSparse(Batch batch, double[] f, int c, double[] out) {
    int[] index = batch.index();
    double[] value = batch.value();
    int size = batch.size();
    for (int r = 0; r < size; r++) {
      double factor = f[r];
      int to = batch.rowStart()[r + 1];
      for (int k = batch.rowStart()[r]; k < to; k++) {
        out[index[k] * classes + c] += factor * value[k];
      }
    }
    if (rows.hasBias()) {
      out[rows.features() * classes + c] += Rows.sum(f, size);
    }
  }

  /** Column c of out, which starts at a place, += f[c][r] a_r for one row. */
  void addRow(Batch batch, int r, double[][] f, double[] out, int at) {
    int n = rows.features();
    for (int c = 0; c < classes; c++) {
      double factor = f[c][r];
      if (rows.sparse()) {
        for (int k = batch.rowStart()[r]; k < batch.rowStart()[r + 1]; k++) {
          out[at + batch.index()[k] * classes + c] += factor * batch.value()[k];
        }
      } else {
        double[] a = batch.column(FeatureRows.FIELD);
        for (int j = 0; j < n; j++) {
          out[at + j * classes + c] += factor * a[r * n + j];
        }
      }
      if (rows.hasBias()) {
        out[at + n * classes + c] += factor;
      }
    }
  }

  /**
   * h += sum_r w_r a_r a_r' (x) (diag(P_r) - P_r P_r'), the Hessian of a sum of cross entropies.
   *
   * @param p probabilities by class and row
   * @param w weights of the rows
   * @param h row-major, as many lines as Y has entries
   */
  void addCurvature(Batch batch, double[][] p, double[] w, double[] h) {
    int m = rows.width();
    int q = m * classes;
    int size = batch.size();
    if (block.length < m * m) {
      block = new double[m * m];
    }
    if (factors.length < size) {
      factors = new double[size];
    }
    for (int c = 0; c < classes; c++) {
      for (int d = 0; d < classes; d++) {
        for (int r = 0; r < size; r++) {
          factors[r] = w[r] * p[c][r] * ((c == d ? 1 : 0) - p[d][r]);
        }
        Arrays.fill(block, 0, m * m, 0);
        rows.addSquares(batch, factors, block);
        for (int j = 0; j < m; j++) {
          int line = (j * classes + c) * q + d;
          for (int k = 0; k < m; k++) {
            h[line + k * classes] += block[j * m + k];
          }
        }
      }
    }
  }

  private void take(double[] y, int c, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] = y[j * classes + c];
    }
  }

  private void give(double[] from, int c, double[] out) {
    for (int j = 0; j < from.length; j++) {
      out[j * classes + c] += from[j];
    }
  }
}
