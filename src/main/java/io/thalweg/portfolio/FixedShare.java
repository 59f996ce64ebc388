package io.thalweg.portfolio;

/**
 * How far each member is trusted: a fixed-share mixture (Herbster and Warmuth, Machine Learning 32,
 * 1998) that pulls towards a prior p instead of towards equal shares,
 *
 * <pre>
 * v_i = w_i e^(-eta l_i)     w &lt;- (1 - share) v / sum v + share p
 * </pre>
 *
 * With eta = 1 and losses that are minus the logarithm of a probability, the mixture's total loss
 * is at most that of member i plus log(1 / p_i), plus log(1 / (share p_j)) for every change to
 * another member j, plus T share.
 */
final class FixedShare {
  /** Trust in losses that come so many records late: eta = LATE / (waiting + 1), at most 1. */
  private static final double LATE = 3;

  private final double[] prior;
  private final double share;

  /** The present weights; not a copy. */
  final double[] weights;

  FixedShare(double[] priors, double share) {
    double sum = 0;
    for (double p : priors) {
      sum += p;
    }
    prior = priors.clone();
    for (int i = 0; i < prior.length; i++) {
      prior[i] /= sum;
    }
    weights = prior.clone();
    this.share = share;
  }

  /**
   * How much a loss counts. Weights learn late when labels come late: they then must not follow
   * what was so some time ago as if it were so now.
   *
   * @param waiting records that were predicted and wait for their label
   * @return eta in (0, 1]
   */
  static double eta(double waiting) {
    return Math.min(1, LATE / (waiting + 1));
  }

  /**
   * Takes in the losses of a record, already times eta, of which there may be more than members
   * here; an infinite one counts as no trust.
   */
  void update(double[] losses) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < weights.length; i++) {
      least = Math.min(least, losses[i]);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= StrictMath.exp(least - losses[i]);
    }
    share();
  }

  /** Takes in probabilities of a record, one of them positive; those of eta = 1. */
  void multiply(double[] likelihoods) {
    double most = 0;
    for (double likelihood : likelihoods) {
      most = Math.max(most, likelihood);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= likelihoods[i] / most;
    }
    share();
  }

  /** Trusts some members alone, by their priors; the others come back with the next records. */
  void trust(boolean[] which) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += which[i] ? prior[i] : 0;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = which[i] ? prior[i] / sum : 0;
    }
  }

  private void share() {
    double sum = 0;
    for (double w : weights) {
      sum += w;
    }
    if (!(sum > 0)) { // nobody who is trusted thought it possible
      System.arraycopy(prior, 0, weights, 0, weights.length);
      return;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (1 - share) * (weights[i] / sum) + share * prior[i];
    }
  }
}
