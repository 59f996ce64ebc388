package io.thalweg.estimator;

/** e = a D(z_{t+1}; s_{t+1}) + (1 - a) e: an exponential mean; lags behind by about step / a. */
public final class Momentum implements Estimator {
  @Override
  public boolean needsPreviousPoint() {
    return false;
  }

  @Override
  public void update(
      double[] past, double[] before, double weight, double[] fresh, int from, int to) {
    double keep = 1 - weight;
    for (int i = from; i < to; i++) {
      fresh[i] = weight * fresh[i] + keep * past[i];
    }
  }

  @Override
  public double keep(double weight) {
    return 1 - weight;
  }

  @Override
  public double fresh(double weight) {
    return weight;
  }

  @Override
  public double back(double weight) {
    return 0;
  }
}
