package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import java.util.Arrays;

/**
 * Stochastic gradient descent with one step size R and one L2 weight, which nobody tunes:
 *
 * <pre>
 * r = R / (1 + c R |a|^2)     y &lt;- (y - r l' a) (1 - min(1, r L))
 * </pre>
 *
 * with c the bound on the curvature of the record's loss. The normalised step never goes past the
 * point where that record is fitted; the decay is that of the entries the record holds.
 */
final class FixedMember extends Member {
  private final Together together;

  /** Of the weights for every score among those that learn together. */
  private final int[] places;

  private final double rate;
  private final double penalty;

  /**
   * A member at weights of zero.
   *
   * @param name how it is called
   * @param prior share of trust before any record
   * @param model the shape of what it learns
   * @param together what members learn dense rows by, which learns when all are set
   * @param rate R
   * @param penalty L
   */
  FixedMember(
      String name, double prior, RowModel model, Together together, double rate, double penalty) {
    super(name, prior, model);
    this.together = together;
    places = new int[outputs];
    Arrays.setAll(places, k -> together.add(y[k]));
    this.rate = rate;
    this.penalty = penalty;
  }

  @Override
  int learnLoops(boolean sparse) {
    return 1;
  }

  @Override
  void tune(Row row, double[] slopes) {}

  @Override
  void learn(Row row, double[] slopes, double[] curvatures, double bound, double waiting) {
    double step = rate / (1 + rate * row.squares() * bound);
    double decay = Math.min(1, step * penalty);
    for (int k = 0; k < outputs; k++) {
      if (row.sparse()) {
        sparse(row, y[k], -step * slopes[k], decay);
      } else {
        together.set(places[k], -step * slopes[k], decay);
      }
    }
  }

  private static void sparse(Row row, double[] y, double factor, double decay) {
    double[] a = row.value();
    int[] index = row.index();
    double[] present = row.present();
    int penalised = row.penalised();
    for (int e = 0; e < row.length(); e++) {
      int j = index[e];
      double kept = e < penalised ? 1 - decay * present[e] : 1;
      y[j] = (y[j] + factor * a[e]) * kept;
    }
  }

  @Override
  double step(int output, int coordinate) {
    return rate;
  }

  @Override
  double penalty(int group) {
    return penalty;
  }

  @Override
  double hypergradientNorm() {
    return 0;
  }
}
