package io.thalweg.experiment;

import io.thalweg.metric.RankCounts;
import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.PortfolioBuilder;
import io.thalweg.portfolio.PredictionListener;
import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;

/**
 * What a portfolio is measured against: one model for each of nine step sizes from 3e-4 to 3, all
 * with the same L2 weight or none, which learn the same records side by side, each on its own.
 * Which was the best one only knows in the end.
 */
final class FixedRates {
  private static final double[] RATES = {3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3};

  /** The place of the step size that is the reference where nothing else is said. */
  private static final int USUAL = 5;

  private static final int BOTH = Portfolio.UPPER | Portfolio.LOWER;

  private final Portfolio[] models = new Portfolio[RATES.length];
  private final Judge[] judges = new Judge[RATES.length];

  /** What else is measured of a model. */
  private static final class Judge implements PredictionListener {
    private final RankCounts ranks = new RankCounts();
    private final Recoveries recoveries;

    Judge(int[] drifts) {
      recoveries = new Recoveries(drifts);
    }

    @Override
    public void predicted(int roles, double loss, double error, double weight) {
      recoveries.add(loss);
    }

    @Override
    public void ranked(double score, boolean positive) {
      ranks.add(score, positive);
    }
  }

  FixedRates(RowModel model, SampleSchema schema, int delay, double l2, int[] drifts) {
    for (int i = 0; i < RATES.length; i++) {
      judges[i] = new Judge(drifts);
      models[i] =
          new PortfolioBuilder(model, schema)
              .labelDelay(delay)
              .fixed("fixed", 1, RATES[i], l2)
              .build();
    }
  }

  static int count() {
    return RATES.length;
  }

  static double rate(int i) {
    return RATES[i];
  }

  void take(Batch batch) {
    for (int i = 0; i < models.length; i++) {
      for (int r = 0; r < batch.size(); r++) {
        models[i].take(batch, r, BOTH, judges[i]);
      }
    }
  }

  /** Mean loss of one step size over the records whose labels came. */
  double loss(int i) {
    double weight = models[i].weight();
    return weight > 0 ? models[i].referenceLoss() / weight : StreamTrial.UNKNOWING;
  }

  /** Area under the ROC curve of one step size. */
  double auc(int i) {
    return judges[i].ranks.auc();
  }

  /** Records that a drift is felt for with one step size, in the mean. */
  double recovery(int i) {
    return judges[i].recoveries.mean();
  }

  /** Mean loss of the step size that is the reference. */
  double usual() {
    return loss(USUAL);
  }

  double[] losses() {
    double[] out = new double[RATES.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = loss(i);
    }
    return out;
  }

  /** The place of the least loss. */
  static int best(double[] losses) {
    int best = 0;
    for (int i = 1; i < RATES.length; i++) {
      if (losses[i] < losses[best]) {
        best = i;
      }
    }
    return best;
  }
}
