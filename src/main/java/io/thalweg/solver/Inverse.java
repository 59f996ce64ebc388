package io.thalweg.solver;

import io.thalweg.linalg.LinearMap;

/** An approximate solution of H v = b by some products with H. */
interface Inverse {
  /**
   * v becomes about H^-1 b.
   *
   * @param h answers every product from the next factor
   * @param b right side, length q, not modified
   * @param factors how many products there are to be had
   * @param counters receives counts of what was clamped
   * @param v receives the solution, length q
   */
  void solve(LinearMap h, double[] b, int factors, long[] counters, double[] v);
}
