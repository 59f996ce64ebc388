package io.thalweg.peers;

import io.thalweg.linalg.SplitMix64;

/** Independent normal features, labels by a logistic model. */
final class DenseSource implements Source {
  private static final int FEATURES = 50;
  private static final long SEED = 20261126;

  /** Of the margins. */
  private static final double DEVIATION = 2.5;

  @Override
  public String name() {
    return "dense";
  }

  @Override
  public String about() {
    return "50 independent normal features; labels Bernoulli(sigma(a'w)), w normal, so that margins"
        + " have a standard deviation of 2.5; SplitMix64, seed "
        + SEED;
  }

  @Override
  public int features() {
    return FEATURES;
  }

  @Override
  public int entries() {
    return FEATURES;
  }

  @Override
  public boolean sparse() {
    return false;
  }

  @Override
  public boolean bias() {
    return false;
  }

  @Override
  public int samples() {
    return 1_000_000;
  }

  @Override
  public Rows open() {
    SplitMix64 random = new SplitMix64(SEED);
    double[] w = new double[FEATURES];
    double squares = 0;
    for (int j = 0; j < FEATURES; j++) {
      w[j] = random.gaussian();
      squares += w[j] * w[j];
    }
    double scale = DEVIATION / Math.sqrt(squares);
    return chunk -> {
      int at = chunk.open();
      double margin = 0;
      for (int j = 0; j < FEATURES; j++) {
        double value = Chunk.rounded(random.gaussian());
        chunk.value[at + j] = value;
        margin += scale * w[j] * value;
      }
      chunk.commit(FEATURES, random.uniform() < Tally.sigma(margin) ? 1 : 0, margin);
    };
  }
}
