package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What the record at hand costs every member: its loss, or in place of that the probability the
 * member gave to the label, which spares the logarithms.
 */
final class Losses {
  /** Share of the newest record in the running scale of losses that are no likelihoods. */
  private static final double FRESH = 0.001;

  /** Losses after which their scale is known, and how many times it one of them counts at most. */
  private static final int KNOWN = 100;

  private static final double WILD = 100;

  /** Probabilities below it are known too coarsely for their logarithm. */
  private static final double COARSE = 1e-3;

  private final RowModel model;
  private final int outputs;
  private final double[] losses;
  private boolean probable;

  /** Running mean of the least loss, for losses that are no likelihoods, and how many made it. */
  private final double[] scale = new double[2];

  Losses(RowModel model, int members) {
    this.model = model;
    this.outputs = model.outputs();
    this.losses = new double[members];
  }

  /**
   * Takes a record up.
   *
   * @param batch holds it
   * @param r its row
   * @param then the scores it was predicted by, member by member
   * @param slopes of the members, null where those are not at these scores or the record weighs
   *     other than 1: from them probabilities are read
   */
  void load(Batch batch, int r, double[] then, double @Nullable [][] slopes) {
    probable = slopes != null && likelihoods(batch, r, slopes);
    if (!probable) {
      for (int i = 0; i < losses.length; i++) {
        losses[i] = model.loss(batch, r, then, i * outputs);
      }
    }
  }

  /**
   * Probabilities of the label in place of losses; false where nobody thought it possible, since
   * then they are known too coarsely to tell between the members: the losses do.
   */
  private boolean likelihoods(Batch batch, int r, double[][] slopes) {
    double most = 0;
    for (int i = 0; i < losses.length; i++) {
      losses[i] = model.likelihood(batch, r, slopes[i]);
      most = Math.max(most, losses[i]);
    }
    return most >= COARSE;
  }

  /** The least loss of all members; only of losses. */
  double least() {
    double least = Double.POSITIVE_INFINITY;
    for (double loss : losses) {
      least = Math.min(least, loss);
    }
    return least;
  }

  /** The loss of the first member, as the record was predicted. */
  double ofFirst(Batch batch, int r, double[] then) {
    if (!probable) {
      return losses[0];
    }
    return losses[0] >= COARSE ? -StrictMath.log(losses[0]) : model.loss(batch, r, then, 0);
  }

  /**
   * The loss of the members' probabilities by their weights at the time; of their losses where
   * those are no likelihoods.
   *
   * @param weights holds them
   * @param at place of the first
   * @param weight of the record
   */
  double mixed(double[] weights, int at, double weight) {
    double sum = 0;
    if (probable) {
      for (int i = 0; i < losses.length; i++) {
        sum += weights[at + i] * losses[i];
      }
      return -StrictMath.log(Math.max(Double.MIN_VALUE, sum));
    }
    if (!model.isLikelihood() || !(weight > 0)) {
      for (int i = 0; i < losses.length; i++) {
        sum += weights[at + i] * losses[i];
      }
      return sum;
    }
    double least = least();
    for (int i = 0; i < losses.length; i++) {
      sum += weights[at + i] * StrictMath.exp((least - losses[i]) / weight);
    }
    return least - weight * StrictMath.log(Math.max(Double.MIN_VALUE, sum));
  }

  /** The losses themselves, for who weighs them in a way of its own; not a copy. */
  double[] values() {
    return losses;
  }

  /**
   * Moves trust by what the members thought of the record, once.
   *
   * @param eta how much it counts
   */
  void judge(FixedShare trust, double eta) {
    if (probable) {
      trust.multiply(losses);
      return;
    }
    double factor = eta / scale();
    for (int i = 0; i < losses.length; i++) {
      losses[i] *= factor;
    }
    trust.update(losses);
  }

  /**
   * What a loss is measured by: 1 for likelihoods; else twice the running mean of the least loss,
   * which for a squared distance is the variance of the noise, so that it becomes a likelihood.
   */
  private double scale() {
    if (model.isLikelihood()) {
      return 1;
    }
    double least = least();
    scale[1]++;
    // one wild label must not make all members look alike for the next thousand records
    double seen = scale[1] > KNOWN ? Math.min(2 * least, WILD * scale[0]) : 2 * least;
    scale[0] += Math.max(FRESH, 1 / scale[1]) * (seen - scale[0]);
    return Math.max(scale[0], Double.MIN_NORMAL);
  }

  void state(StateVisitor visitor) {
    visitor.doubles("scale", scale);
  }
}
