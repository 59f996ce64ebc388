package io.thalweg.oracle;

import java.util.Arrays;

/**
 * Scores of samples with their classes, where there are two: what an order of samples is judged by.
 * Grows to the most samples it ever held.
 */
public final class Ranking {
  private double[] scores = new double[0];
  private boolean[] positive = new boolean[0];
  private int size;

  /** No samples. */
  public Ranking() {}

  /**
   * Adds a sample.
   *
   * @param score the larger, the likelier positive
   * @param isPositive its class
   */
  public void add(double score, boolean isPositive) {
    if (size == scores.length) {
      int room = Math.max(16, 2 * size);
      scores = Arrays.copyOf(scores, room);
      positive = Arrays.copyOf(positive, room);
    }
    scores[size] = score;
    positive[size] = isPositive;
    size++;
  }

  /** Forgets all samples. */
  public void clear() {
    size = 0;
  }

  /**
   * How many samples there are.
   *
   * @return 0 where there are no two classes
   */
  public int size() {
    return size;
  }

  /**
   * The score of a sample.
   *
   * @param i which
   * @return as it was added
   */
  public double score(int i) {
    return scores[i];
  }

  /**
   * The class of a sample.
   *
   * @param i which
   * @return as it was added
   */
  public boolean isPositive(int i) {
    return positive[i];
  }
}
