package io.thalweg.solver;

import io.thalweg.sample.Batch;
import java.util.Arrays;

/**
 * Running mean m_j and scale s_j of every feature, and what a row looks like by them:
 *
 * <pre>
 * z_j = min(c, max(-c, (x_j - m_j) / s_j))
 * W &lt;- 2^(-1/H) W + w      a = w / W      d = x_j - m_j within 2 c s_j
 * m_j &lt;- m_j + a d         s_j^2 &lt;- (1 - a) (s_j^2 + a d^2)
 * </pre>
 *
 * (Welford, Technometrics 4, 1962; weights as in West, CACM 22, 1979). A row is scaled by what was
 * known before it, as a reader of the published model does, and taken in then; only where a feature
 * has not varied yet is it the other way round: nothing was learned of it, so no prediction
 * changes.
 *
 * <p>Without a constant feature there is nothing to make up for a shift, and rows with few stored
 * entries would be filled by one: then m_j = 0 and s_j is the root mean square, for sparse rows of
 * the entries that are stored, so that an indicator stays what it is however rare.
 *
 * <p>An entry far out moves s_j by a factor of at most sqrt(1 + 4 a c^2): a few outliers do little,
 * another unit of measurement is followed in some records per factor.
 */
final class FeatureScale {
  /** Below this part of the mean, differences are rounding. */
  private static final double CONSTANT = 1e-9;

  /** A scale below it would carry weights out of the finite numbers. */
  private static final double LEAST = 1e-100;

  /** Differences beyond it would carry their squares out of the finite numbers; weights, sums. */
  private static final double LARGEST = 1e100;

  private static final int CLIPPED = 0;
  private static final int MISSING = 1;

  private final int features;
  private final boolean sparse;
  private final boolean centred;
  private final double clip;
  private final double kept;

  private final double[] weight;
  private final double[] mean;
  private final double[] square;

  /** Entries of learned rows that were clipped, and those that were missing. */
  private final long[] counts = new long[2];

  /** As they were when {@link #begin} was called; of sparse features those touched since. */
  private final double[] oldWeight;

  private final double[] oldMean;
  private final double[] oldSquare;
  private final long[] oldCounts = new long[2];
  private int[] touched = new int[0];
  private double[] touchedWeight = new double[0];
  private double[] touchedSquare = new double[0];
  private int touches;

  FeatureScale(int features, boolean sparse, boolean centred, Standardization how) {
    this.features = features;
    this.sparse = sparse;
    this.centred = centred;
    clip = how.clip();
    kept = StrictMath.pow(2, -1 / how.halfLife());
    weight = new double[features];
    mean = new double[centred ? features : 0];
    square = new double[features];
    oldWeight = new double[sparse ? 0 : features];
    oldMean = new double[mean.length];
    oldSquare = new double[oldWeight.length];
  }

  /** What follows may be undone. */
  void begin() {
    touches = 0;
    System.arraycopy(counts, 0, oldCounts, 0, counts.length);
    if (!sparse) {
      System.arraycopy(weight, 0, oldWeight, 0, features);
      System.arraycopy(mean, 0, oldMean, 0, mean.length);
      System.arraycopy(square, 0, oldSquare, 0, features);
    }
  }

  /** Puts everything where it was at {@link #begin}. */
  void undo() {
    System.arraycopy(oldCounts, 0, counts, 0, counts.length);
    if (!sparse) {
      System.arraycopy(oldWeight, 0, weight, 0, features);
      System.arraycopy(oldMean, 0, mean, 0, mean.length);
      System.arraycopy(oldSquare, 0, square, 0, features);
    }
    for (int k = touches - 1; k >= 0; k--) {
      weight[touched[k]] = touchedWeight[k];
      square[touched[k]] = touchedSquare[k];
    }
    touches = 0;
  }

  /**
   * Scales a row in place.
   *
   * @param batch holds it
   * @param row its place
   * @param learned weight with which it enters the statistics; 0 leaves them
   */
  void row(Batch batch, int row, double learned) {
    if (sparse) {
      int[] index = batch.index();
      double[] value = batch.value();
      for (int k = batch.rowStart()[row]; k < batch.rowStart()[row + 1]; k++) {
        value[k] = entry(index[k], value[k], learned);
      }
      return;
    }
    double[] x = batch.column(0);
    int from = row * features;
    for (int j = 0; j < features; j++) {
      x[from + j] = entry(j, x[from + j], learned);
    }
  }

  private double entry(int j, double x, double learned) {
    if (Double.isNaN(x)) {
      counts[MISSING] += learned > 0 ? 1 : 0;
      return 0; // the mean
    }
    if (varies(j)) {
      double z = scaled(j, x);
      if (learned > 0) {
        counts[CLIPPED] += Math.abs(z) == clip ? 1 : 0;
        take(j, x, learned);
      }
      return z;
    }
    if (learned > 0) {
      take(j, x, learned);
      return varies(j) ? scaled(j, x) : 0;
    }
    return 0;
  }

  private double scaled(int j, double x) {
    double z = (x - mean(j)) / Math.sqrt(square[j]);
    return Math.max(-clip, Math.min(clip, z));
  }

  private void take(int j, double x, double own) {
    double w = Math.min(LARGEST, own);
    if (sparse) {
      keep(j);
    }
    double most = varies(j) ? Math.min(LARGEST, 2 * clip * Math.sqrt(square[j])) : LARGEST;
    double d = Math.max(-most, Math.min(most, x - mean(j)));
    weight[j] = kept * weight[j] + w;
    double a = w / weight[j];
    if (centred) {
      mean[j] += a * d;
      square[j] = (1 - a) * (square[j] + a * d * d);
    } else {
      square[j] = (1 - a) * square[j] + a * d * d;
    }
  }

  private void keep(int j) {
    if (touches == touched.length) {
      int room = Math.max(16, 2 * touches);
      touched = Arrays.copyOf(touched, room);
      touchedWeight = Arrays.copyOf(touchedWeight, room);
      touchedSquare = Arrays.copyOf(touchedSquare, room);
    }
    touched[touches] = j;
    touchedWeight[touches] = weight[j];
    touchedSquare[touches] = square[j];
    touches++;
  }

  private double mean(int j) {
    return centred ? mean[j] : 0;
  }

  private boolean varies(int j) {
    double s = Math.sqrt(square[j]);
    return s > LEAST && s > CONSTANT * Math.abs(mean(j));
  }

  /**
   * Brings a model of scaled features into the units of the features: y_j / s_j, and for the
   * constant feature what the means amount to.
   *
   * @param y entry j K + k, in place
   * @param outputs K
   */
  void toUnits(double[] y, int outputs) {
    for (int j = 0; j < features; j++) {
      boolean varies = varies(j);
      double s = Math.sqrt(square[j]);
      for (int k = 0; k < outputs; k++) {
        int at = j * outputs + k;
        y[at] = varies ? y[at] / s : 0;
        if (centred) {
          y[features * outputs + k] -= y[at] * mean[j];
        }
      }
    }
  }

  /**
   * The inverse of {@link #toUnits} by what is known now. Of a feature that has not varied, the
   * constant one takes on what its mean amounts to.
   *
   * @param y entry j K + k, in place
   * @param outputs K
   */
  void fromUnits(double[] y, int outputs) {
    for (int j = 0; j < features; j++) {
      boolean varies = varies(j);
      double s = Math.sqrt(square[j]);
      for (int k = 0; k < outputs; k++) {
        int at = j * outputs + k;
        if (centred) {
          y[features * outputs + k] += y[at] * mean[j];
        }
        y[at] = varies ? y[at] * s : 0;
      }
    }
  }

  /** The least and the largest entry that count as they are. */
  void range(double[] low, double[] high) {
    for (int j = 0; j < features; j++) {
      double reach = varies(j) ? clip * Math.sqrt(square[j]) : 0;
      low[j] = mean(j) - reach;
      high[j] = mean(j) + reach;
    }
  }

  boolean isSparse() {
    return sparse;
  }

  int features() {
    return features;
  }

  double clipped() {
    return counts[CLIPPED];
  }

  double missing() {
    return counts[MISSING];
  }

  /** Shows every array of the state under its name. */
  void state(Visitor visitor) {
    visitor.doubles("standardize.weight", weight);
    if (centred) {
      visitor.doubles("standardize.mean", mean);
    }
    visitor.doubles("standardize.square", square);
    visitor.longs("standardize.counts", counts);
  }

  /** Reads or writes live arrays. */
  interface Visitor {
    void doubles(String name, double[] live);

    void longs(String name, long[] live);
  }
}
