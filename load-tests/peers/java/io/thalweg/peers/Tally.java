package io.thalweg.peers;

/** Sums of log-loss and 0/1 error over samples that were predicted before they were learned. */
final class Tally {
  private double loss;
  private double errors;
  private double count;

  /** A prediction as a margin: positive means label 1. */
  void margin(double margin, double label) {
    double m = label > 0 ? margin : -margin;
    double wrong = m > 0 ? 0 : m < 0 ? 1 : 0.5;
    add(m > 0 ? Math.log1p(Math.exp(-m)) : Math.log1p(Math.exp(m)) - m, wrong, 1);
  }

  /** A prediction as the probability of label 1, taken as within {@code clip} of neither end. */
  void probability(double p, double label, double clip) {
    double right = label > 0 ? p : 1 - p;
    double wrong = right > 0.5 ? 0 : right < 0.5 ? 1 : 0.5;
    add(-Math.log(Math.min(1 - clip, Math.max(clip, right))), wrong, 1);
  }

  /** Sums over several samples. */
  void add(double itsLoss, double itsErrors, double itsCount) {
    loss += itsLoss;
    errors += itsErrors;
    count += itsCount;
  }

  /** The sums of both. */
  Tally with(Tally other) {
    Tally both = new Tally();
    both.add(loss, errors, count);
    both.add(other.loss, other.errors, other.count);
    return both;
  }

  double loss() {
    return loss / count;
  }

  double error() {
    return errors / count;
  }

  static double sigma(double margin) {
    return 1 / (1 + Math.exp(-margin));
  }
}
