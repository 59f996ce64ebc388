package io.thalweg.estimator;

/** e = D(z_{t+1}; s_{t+1}): remembers nothing; variance of one batch. */
public final class Plain implements Estimator {
  @Override
  public boolean needsPreviousPoint() {
    return false;
  }

  @Override
  public void update(
      double[] past, double[] before, double weight, double[] fresh, int from, int to) {
    // the fresh direction is the estimate
  }

  @Override
  public double keep(double weight) {
    return 0;
  }

  @Override
  public double fresh(double weight) {
    return 1;
  }

  @Override
  public double back(double weight) {
    return 0;
  }
}
