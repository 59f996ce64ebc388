package io.thalweg.peers;

import io.thalweg.linalg.SplitMix64;
import java.util.Arrays;

/** A hundred of 2^18 features by a power law, labels by a logistic model. */
final class SparseSource implements Source {
  private static final int FEATURES = 1 << 18;
  private static final int ENTRIES = 100;
  private static final long SEED = 20261127;

  /** Of a weight: margins have ten times that. */
  private static final double DEVIATION = 0.3;

  @Override
  public String name() {
    return "sparse";
  }

  @Override
  public String about() {
    return "100 distinct features of 262,144, feature j with a chance of about 1/(j+1), then spread"
        + " by an odd factor; normal values; labels Bernoulli(sigma(a'w)), w normal, so that margins"
        + " have a standard deviation of 3; SplitMix64, seed "
        + SEED;
  }

  @Override
  public int features() {
    return FEATURES;
  }

  @Override
  public int entries() {
    return ENTRIES;
  }

  @Override
  public boolean sparse() {
    return true;
  }

  @Override
  public boolean bias() {
    return false;
  }

  @Override
  public int samples() {
    return 300_000;
  }

  @Override
  public Rows open() {
    SplitMix64 random = new SplitMix64(SEED);
    double[] w = new double[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      w[j] = DEVIATION * random.gaussian();
    }
    int[] lastRow = new int[FEATURES];
    Arrays.fill(lastRow, -1);
    int[] count = new int[1];
    return chunk -> {
      int row = count[0]++;
      int at = chunk.open();
      for (int k = 0; k < ENTRIES; ) {
        int j = spread(powerLaw(random.uniform()));
        if (lastRow[j] != row) {
          lastRow[j] = row;
          chunk.index[at + k++] = j;
        }
      }
      chunk.sortOpenRow(ENTRIES);
      double margin = 0;
      for (int k = at; k < at + ENTRIES; k++) {
        double value = Chunk.rounded(random.gaussian());
        chunk.value[k] = value;
        margin += w[chunk.index[k]] * value;
      }
      chunk.commit(ENTRIES, random.uniform() < Tally.sigma(margin) ? 1 : 0, margin);
    };
  }

  private static int powerLaw(double uniform) {
    return (int) Math.min(FEATURES - 1, StrictMath.pow(FEATURES + 1.0, uniform) - 1);
  }

  /** Frequent features lie anywhere, as names hashed to numbers do. */
  private static int spread(int rank) {
    return rank * 0x9E3779B1 & (FEATURES - 1);
  }
}
