package io.thalweg.estimator;

/**
 * e = D(z_{t+1}; s_{t+1}) + (1 - a) (e - D(z_t; s_{t+1})) (STORM, arXiv 1905.10018): the correction
 * at the previous point, on the same sample, removes the lag; variance about a sigma^2. With a = 1
 * it is {@link Plain}, with a = 0 it never forgets.
 */
public final class Storm implements Estimator {
  @Override
  public boolean needsPreviousPoint() {
    return true;
  }

  @Override
  public void update(
      double[] past, double[] before, double weight, double[] fresh, int from, int to) {
    double keep = 1 - weight;
    for (int i = from; i < to; i++) {
      fresh[i] += keep * (past[i] - before[i]);
    }
  }

  @Override
  public double keep(double weight) {
    return 1 - weight;
  }

  @Override
  public double fresh(double weight) {
    return 1;
  }

  @Override
  public double back(double weight) {
    return 1 - weight;
  }
}
