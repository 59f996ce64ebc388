package io.thalweg.portfolio;

import java.util.Arrays;

/**
 * Sums of the members' hypergradients by their weights: by the logarithm of every L2 weight, then
 * of every step size; of length 0 where they are too long.
 */
final class HypergradientSum {
  /** Entries up to which it is kept: clearing it takes as long as it is. */
  private static final int LONGEST = 4096;

  private final double[] byPenalty;
  private final double[] byStep;

  HypergradientSum(int penalties, long steps) {
    boolean kept = penalties + steps <= LONGEST;
    byPenalty = new double[kept ? penalties : 0];
    byStep = new double[kept ? (int) steps : 0];
  }

  boolean isKept() {
    return byStep.length > 0;
  }

  int size() {
    return byPenalty.length + byStep.length;
  }

  void add(Member member, Row row, double[] slopes, double weight) {
    member.addHypergradient(row, slopes, weight, byPenalty, byStep);
  }

  void copyTo(double[] out) {
    System.arraycopy(byPenalty, 0, out, 0, byPenalty.length);
    System.arraycopy(byStep, 0, out, byPenalty.length, byStep.length);
  }

  void clear() {
    Arrays.fill(byPenalty, 0);
    Arrays.fill(byStep, 0);
  }
}
