package io.thalweg.problem;

import io.thalweg.oracle.LinearModel;
import io.thalweg.oracle.Ranking;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.settings.Settings;

/**
 * A regression whose loss sees a row by its margin m = a'y alone:
 *
 * <pre>
 * dl = l'(m) a     d2l = l''(m) aa'
 * </pre>
 *
 * A batch is taken in three passes, each a plain loop over blocks of rows: products with the point,
 * then loss and factor of each row, then the sum of the rows by their factors. What a loss is asked
 * for is therefore asked of all rows at once.
 *
 * <p>Not for concurrent use: scratch arrays are kept. Nothing is allocated per call but for the
 * largest batch so far.
 */
abstract class MarginRegression extends PenalizedRegression implements LinearModel {
  /** a'y and a'v of every row of the batch at hand, then the factors of the rows; scratch. */
  private double[] margins = new double[0];

  private double[] alongs = new double[0];

  MarginRegression(Settings settings, FeatureRows rows, Field label) {
    super(settings, rows, label, 1);
  }

  /** The sum of w l(m); the margins may be overwritten. */
  abstract double loss(Batch batch, double[] margins);

  /** Turns the margins into share w l'(m); returns the sum of w l(m). */
  abstract double slopes(Batch batch, double share, double[] margins);

  /** Turns the margins into share w l''(m). */
  abstract void curvatures(Batch batch, double share, double[] margins);

  /**
   * Turns the margins into share w l'(m) and multiplies the products along a direction by share w
   * l''(m); returns the sum of w l(m).
   */
  abstract double slopesAndProducts(Batch batch, double share, double[] margins, double[] alongs);

  /** Scratch of one number per row that no call of this class reads after {@link #score}. */
  final double[] spare(int size) {
    reserve(size);
    return alongs;
  }

  @Override
  public final int outputs() {
    return 1;
  }

  @Override
  public final void penalties(double[] x, double[] e, double[] slope) {
    boolean log = penalty.settings().log();
    for (int k = 0; k < penalty.count(); k++) {
      e[k] = log ? StrictMath.exp(x[k]) : x[k];
      slope[k] = log ? e[k] : 1;
    }
  }

  @Override
  public final void score(double[] y, Batch batch, double[] sums) {
    products(batch, y);
    score(batch, margins, sums);
  }

  @Override
  public final void score(double[] y, Batch batch, double[] sums, Ranking ranking) {
    score(y, batch, sums);
    rank(batch, margins, ranking);
  }

  @Override
  final double meanLoss(double[] y, Batch batch) {
    products(batch, y);
    return loss(batch, margins) / batch.size();
  }

  @Override
  final double addLossGradient(double[] y, Batch batch, double[] out) {
    double share = 1.0 / batch.size();
    products(batch, y);
    double sum = slopes(batch, share, margins);
    rows.add(batch, margins, out);
    return share * sum;
  }

  @Override
  final void addLossProduct(double[] y, double[] v, Batch batch, double[] out) {
    reserve(batch.size());
    rows.products(batch, y, v, margins, alongs);
    curvatures(batch, 1.0 / batch.size(), margins);
    for (int r = 0; r < batch.size(); r++) {
      alongs[r] *= margins[r];
    }
    rows.add(batch, alongs, out);
  }

  @Override
  double addLossProducts(double[] y, double[] v, Batch batch, double[] gy, double[] hv) {
    double share = 1.0 / batch.size();
    reserve(batch.size());
    rows.products(batch, y, v, margins, alongs);
    double sum = slopesAndProducts(batch, share, margins, alongs);
    rows.add(batch, margins, alongs, gy, hv);
    return share * sum;
  }

  @Override
  final void addLossHessian(double[] y, Batch batch, double[] h) {
    products(batch, y);
    curvatures(batch, 1.0 / batch.size(), margins);
    rows.addSquares(batch, margins, h);
  }

  private void products(Batch batch, double[] y) {
    reserve(batch.size());
    rows.products(batch, y, margins);
  }

  private void reserve(int size) {
    if (margins.length < size) {
      margins = new double[size];
      alongs = new double[size];
    }
  }
}
