package io.thalweg.oracle;

import io.thalweg.sample.Batch;

/**
 * A problem whose samples can be scored one by one before they are learned from (prequential
 * evaluation). Problems without a prediction to score do not implement it.
 */
public interface Predictor {
  /**
   * Adds the loss and the error of each row at the given model to running sums.
   *
   * @param y lower variable, length q
   * @param batch rows to score
   * @param sums receives [weighted loss, weighted error, weight], each added to; the error is 0 or
   *     1 where a class is predicted, the distance where it is a number
   */
  void score(double[] y, Batch batch, double[] sums);

  /**
   * As {@link #score(double[], Batch, double[])}, with what an order of the rows is judged by where
   * there are two classes.
   *
   * @param y lower variable, length q
   * @param batch rows to score
   * @param sums receives [weighted loss, weighted error, weight], each added to
   * @param ranking receives the score and the class of each row that has some weight
   */
  default void score(double[] y, Batch batch, double[] sums, Ranking ranking) {
    score(y, batch, sums);
  }
}
