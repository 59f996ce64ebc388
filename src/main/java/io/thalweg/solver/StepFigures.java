package io.thalweg.solver;

/**
 * What a step saw of its batches before it learned from them. By-products of the step's own calls
 * of the oracle, so that watching costs no second pass. Written by the solver, valid until its next
 * step.
 */
public final class StepFigures {
  private double upperLoss;
  private double lowerLoss;
  private final double[] scores = new double[3];

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
}
