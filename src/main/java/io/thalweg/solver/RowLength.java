package io.thalweg.solver;

import io.thalweg.sample.Batch;

/**
 * How long a row is when every feature is measured by its own usual size, whatever its unit:
 *
 * <pre>
 * |a|^2 = sum x_j^2 / s_j^2      over the entries that are there, are not 0, and were seen before
 * n_j &lt;- n_j + 1      s_j^2 &lt;- s_j^2 + max(1 / n_j, .001) (min(x_j^2, 100 s_j^2) - s_j^2)
 * </pre>
 *
 * the second line for entries of rows that are learned. Entries of 0 are passed over so that an
 * indicator counts 1 however rare it is; a single large entry moves s_j little.
 */
final class RowLength {
  private static final double FRESH = 0.001;

  /** How many times the mean square one square counts at most. */
  private static final double MOST = 100;

  /** Beyond it squares would not be finite. */
  private static final double LARGEST = 1e150;

  private final int features;
  private final boolean sparse;
  private final double[] count;
  private final double[] square;

  RowLength(int features, boolean sparse) {
    this.features = features;
    this.sparse = sparse;
    count = new double[features];
    square = new double[features];
  }

  /** |a|^2 by what was known before the row. */
  double squares(Batch batch, int row) {
    double sum = 0;
    for (int k = from(batch, row); k < to(batch, row); k++) {
      int j = place(batch, k, row);
      double x = entry(batch, k);
      if (square[j] > 0 && Math.abs(x) > 0) {
        sum += x * x / square[j];
      }
    }
    return Math.min(sum, Double.MAX_VALUE);
  }

  /** Takes a row in. */
  void take(Batch batch, int row) {
    for (int k = from(batch, row); k < to(batch, row); k++) {
      int j = place(batch, k, row);
      double x = entry(batch, k);
      if (Math.abs(x) > 0) {
        double own = Math.min(LARGEST, Math.abs(x)) * Math.min(LARGEST, Math.abs(x));
        count[j]++;
        double most = count[j] == 1 ? own : Math.min(own, MOST * square[j]);
        square[j] += Math.max(FRESH, 1 / count[j]) * (most - square[j]);
      }
    }
  }

  private int from(Batch batch, int row) {
    return sparse ? batch.rowStart()[row] : row * features;
  }

  private int to(Batch batch, int row) {
    return sparse ? batch.rowStart()[row + 1] : (row + 1) * features;
  }

  private int place(Batch batch, int k, int row) {
    return sparse ? batch.index()[k] : k - row * features;
  }

  private double entry(Batch batch, int k) {
    return sparse ? batch.value()[k] : batch.column(0)[k];
  }

  /** Shows every array of the state under its name. */
  void state(FeatureScale.Visitor visitor) {
    visitor.doubles(NAME, square);
    visitor.doubles("standardize.row-counts", count);
  }

  /** The name of one of them, by which a state that has them is known. */
  static final String NAME = "standardize.row-squares";
}
