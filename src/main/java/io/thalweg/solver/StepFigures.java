package io.thalweg.solver;

import io.thalweg.oracle.Ranking;
import io.thalweg.sample.Level;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a step saw of its batches before it learned from them. By-products of the step's own calls
 * of the oracle, so that watching costs no second pass. Written by the solver, valid until its next
 * step.
 */
public final class StepFigures {
  private double upperLoss;
  private double lowerLoss;
  private final double[] scores = new double[3];
  private final Ranking ranking = new Ranking();
  private double @Nullable [] hypergradient;
  private int[] removals = new int[0];
  private int removed;
  private long[] unusedAt = new long[0];
  private String[] unusedWhy = new String[0];
  private int unused;

  /** Nothing seen yet. */
  public StepFigures() {
    clear();
  }

  /** Forgets the last step. */
  public void clear() {
    upperLoss = Double.NaN;
    lowerLoss = Double.NaN;
    scores[0] = 0;
    scores[1] = 0;
    scores[2] = 0;
    ranking.clear();
    hypergradient = null;
    removed = 0;
    unused = 0;
  }

  /** Notes a row of this step or of an earlier one that nothing was or will be learned from. */
  void unused(int lane, long offset, int index, String reason) {
    if (unused == unusedWhy.length) {
      unusedWhy = Arrays.copyOf(unusedWhy, Math.max(16, 2 * unused));
      unusedAt = Arrays.copyOf(unusedAt, 3 * unusedWhy.length);
    }
    unusedAt[3 * unused] = lane;
    unusedAt[3 * unused + 1] = offset;
    unusedAt[3 * unused + 2] = index;
    unusedWhy[unused++] = reason;
  }

  /**
   * Rows that were given up in this step, whenever they came.
   *
   * @return how many
   */
  public int unused() {
    return unused;
  }

  /**
   * Where a row was read that was given up.
   *
   * @param k which, 0 to {@link #unused()} - 1
   * @return number of the lane
   */
  public int unusedLane(int k) {
    return (int) unusedAt[3 * k];
  }

  /**
   * Where a row was read that was given up.
   *
   * @param k which
   * @return offset of its record
   */
  public long unusedOffset(int k) {
    return unusedAt[3 * k + 1];
  }

  /**
   * Where a row was read that was given up.
   *
   * @param k which
   * @return its number in the record
   */
  public int unusedIndex(int k) {
    return (int) unusedAt[3 * k + 2];
  }

  /**
   * Why a row was given up.
   *
   * @param k which
   * @return what was expected and what was found
   */
  public String unusedReason(int k) {
    return unusedWhy[k];
  }

  /** Notes a row that the aggregator took out of the step. */
  void removed(Level level, int batch, int row) {
    if (3 * removed == removals.length) {
      removals = Arrays.copyOf(removals, Math.max(48, 2 * removals.length));
    }
    removals[3 * removed] = level == Level.UPPER ? 1 : 0;
    removals[3 * removed + 1] = batch;
    removals[3 * removed + 2] = row;
    removed++;
  }

  /**
   * Rows of the step's batches that the aggregator gave weight 0.
   *
   * @return how many; 0 without an aggregator
   */
  public int removals() {
    return removed;
  }

  /**
   * The level of a removed row.
   *
   * @param k which, 0 to {@link #removals()} - 1
   * @return lower or upper
   */
  public Level removedLevel(int k) {
    return removals[3 * k] == 1 ? Level.UPPER : Level.LOWER;
  }

  /**
   * The batch of a removed row.
   *
   * @param k which
   * @return its place among the batches of that level that the step took
   */
  public int removedBatch(int k) {
    return removals[3 * k + 1];
  }

  /**
   * The place of a removed row.
   *
   * @param k which
   * @return its row in the batch
   */
  public int removedRow(int k) {
    return removals[3 * k + 2];
  }

  /**
   * Notes the losses of a step's first batches.
   *
   * @param upper f of the upper one
   * @param lower g of the lower one
   */
  public void losses(double upper, double lower) {
    upperLoss = upper;
    lowerLoss = lower;
  }

  /**
   * f of the first upper batch, at the point where the step first evaluated it.
   *
   * @return the mean over the batch, NaN when the step did not get that far
   */
  public double upperLoss() {
    return upperLoss;
  }

  /**
   * g of the first lower batch, at the point where the step first evaluated it.
   *
   * @return the mean over the batch, NaN when the step did not get that far
   */
  public double lowerLoss() {
    return lowerLoss;
  }

  /**
   * Scores of all lower samples of the step at the model that the step started from, where the
   * problem predicts.
   *
   * @return weighted loss, weighted 0/1 error and weight; all 0 where there is no prediction
   */
  public double[] scores() {
    return scores;
  }

  /**
   * The same samples with their classes, where the problem has two.
   *
   * @return empty elsewhere
   */
  public Ranking ranking() {
    return ranking;
  }

  /** Notes what the step moves x against; null when it did not move. */
  void hypergradient(double @Nullable [] direction) {
    hypergradient = direction;
  }

  /**
   * The estimate of the hypergradient that the step was taken along, up to its sign.
   *
   * @return its first p entries count; null where x did not move
   */
  public double @Nullable [] hypergradient() {
    return hypergradient;
  }
}
