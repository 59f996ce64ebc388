package io.thalweg.problem;

import io.thalweg.sample.Batch;

/**
 * Cross entropy of the softmax of linear scores, for the rows of a batch: with Z_r = Y'a_r, P =
 * softmax(Z), R = P - onehot(label) and U_r = V'a_r,
 *
 * <pre>
 * l = log sum_c e^(Z_c) - Z_label     dl = a R'     d2l V = a (P o (U - P'U))'
 * </pre>
 *
 * Asked in a fixed order: {@link #at} first, then what is to be known of P, then what replaces P
 * and U. Arrays are by class and row. Nothing is allocated but for the largest batch so far.
 */
final class CrossEntropy {
  private final ClassRows rows;
  private final int classes;

  private double[][] p;
  private double[][] u;
  private double[] losses = new double[0];
  private double[] slopes = new double[0];

  /** Largest score of each row, then the sum of its exponentials; scratch. */
  private double[] total = new double[0];

  private double[] top = new double[0];

  CrossEntropy(FeatureRows rows, int classes) {
    this.rows = new ClassRows(rows, classes);
    this.classes = classes;
    p = new double[classes][0];
    u = new double[classes][0];
  }

  /** Probabilities and losses at Y. */
  void at(double[] y, Batch batch, double[] labels) {
    reserve(batch.size());
    rows.products(batch, y, p);
    normalise(labels, batch.size());
  }

  /** Probabilities and losses at Y, and the scores of a direction V. */
  void at(double[] y, double[] v, Batch batch, double[] labels) {
    reserve(batch.size());
    rows.products(batch, y, v, p, u);
    normalise(labels, batch.size());
  }

  /** From scores to probabilities, which are shifted by the largest so that none overflows. */
  private void normalise(double[] labels, int size) {
    System.arraycopy(p[0], 0, top, 0, size);
    for (int c = 1; c < classes; c++) {
      double[] z = p[c];
      for (int r = 0; r < size; r++) {
        top[r] = Math.max(top[r], z[r]);
      }
    }
    for (int r = 0; r < size; r++) {
      losses[r] = top[r] - p[(int) labels[r]][r];
      total[r] = 0;
    }
    for (int c = 0; c < classes; c++) {
      double[] z = p[c];
      for (int r = 0; r < size; r++) {
        z[r] = StrictMath.exp(z[r] - top[r]);
      }
      for (int r = 0; r < size; r++) {
        total[r] += z[r];
      }
    }
    for (int r = 0; r < size; r++) {
      losses[r] += StrictMath.log(total[r]);
    }
    for (int c = 0; c < classes; c++) {
      double[] z = p[c];
      for (int r = 0; r < size; r++) {
        z[r] /= total[r];
      }
    }
  }

  /** Loss of every row; not a copy. */
  double[] losses() {
    return losses;
  }

  /** The sum over the rows of w l. */
  double sum(double[] w, int size) {
    return Rows.dot(w, 0, losses, size);
  }

  /** True when the first of the most probable classes of a row is another than its label. */
  boolean isWrong(int r, int label) {
    for (int c = 0; c < classes; c++) {
      if (c != label && (c < label ? p[c][r] >= p[label][r] : p[c][r] > p[label][r])) {
        return true;
      }
    }
    return false;
  }

  /** The derivative R'U of every row's loss along V; not a copy. */
  double[] slopes(double[] labels, int size) {
    slopesOfAllClasses(size);
    for (int r = 0; r < size; r++) {
      slopes[r] = total[r] - u[(int) labels[r]][r];
    }
    return slopes;
  }

  /** U becomes w P o (U - P'U). */
  void toProducts(double[] w, int size) {
    slopesOfAllClasses(size);
    for (int c = 0; c < classes; c++) {
      double[] along = u[c];
      double[] share = p[c];
      for (int r = 0; r < size; r++) {
        along[r] = w[r] * share[r] * (along[r] - total[r]);
      }
    }
  }

  /** P'U of every row. */
  private void slopesOfAllClasses(int size) {
    for (int r = 0; r < size; r++) {
      total[r] = p[0][r] * u[0][r];
    }
    for (int c = 1; c < classes; c++) {
      double[] along = u[c];
      double[] share = p[c];
      for (int r = 0; r < size; r++) {
        total[r] += share[r] * along[r];
      }
    }
  }

  /** P becomes w R. */
  void toResiduals(double[] w, double[] labels, int size) {
    for (int r = 0; r < size; r++) {
      p[(int) labels[r]][r] -= 1;
    }
    for (int c = 0; c < classes; c++) {
      double[] share = p[c];
      for (int r = 0; r < size; r++) {
        share[r] *= w[r];
      }
    }
  }

  /** Adds the gradient of the sum of w l to out; after {@link #toResiduals}. */
  void addGradient(Batch batch, double[] out) {
    rows.add(batch, p, out);
  }

  /**
   * Adds the gradient w a R' of one row to out, starting at a place; after {@link #toResiduals}.
   */
  void addRow(Batch batch, int r, double[] out, int at) {
    rows.addRow(batch, r, p, out, at);
  }

  /** Adds the product of the Hessian of the sum of w l with V; after {@link #toProducts}. */
  void addProduct(Batch batch, double[] out) {
    rows.add(batch, u, out);
  }

  /** Both at once. */
  void addBoth(Batch batch, double[] gy, double[] hv) {
    rows.add(batch, p, u, gy, hv);
  }

  /** Adds the Hessian of the sum of w l. */
  void addHessian(Batch batch, double[] w, double[] h) {
    rows.addCurvature(batch, p, w, h);
  }

  private void reserve(int size) {
    if (losses.length < size) {
      p = new double[classes][size];
      u = new double[classes][size];
      losses = new double[size];
      slopes = new double[size];
      total = new double[size];
      top = new double[size];
    }
  }
}
