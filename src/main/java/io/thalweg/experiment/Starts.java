package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;

/** Random initial points. */
final class Starts {
  private Starts() {}

  /** Independent normal entries of the given standard deviation. */
  static double[] gaussian(int n, double scale, SplitMix64 rng) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = scale * rng.gaussian();
    }
    return out;
  }
}
