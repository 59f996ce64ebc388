package io.thalweg.problem;

import java.util.Arrays;

/**
 * A model that scores features linearly, as other programs can take it over: s = W'a + b for a row
 * a of n features, and what becomes of the scores.
 *
 * @param features length n of a row
 * @param outputs number C of scores
 * @param weights W row by row: the weight of feature j in score c at j C + c
 * @param bias b, one number per score; zeros where the model has none
 * @param link what becomes of the scores
 */
public record LinearHead(int features, int outputs, double[] weights, double[] bias, Link link) {
  /** What becomes of the scores. */
  public enum Link {
    /** Nothing: the score is the prediction. */
    IDENTITY,
    /** 1/(1 + e^-s), the probability of the positive class. */
    SIGMOID,
    /** e^s_c / sum e^s, the probabilities of the classes. */
    SOFTMAX
  }

  /**
   * Checks the lengths.
   *
   * @param features length n of a row
   * @param outputs number C of scores
   * @param weights W row by row
   * @param bias b, one number per score
   * @param link what becomes of the scores
   */
  public LinearHead {
    if (weights.length != Math.multiplyExact(features, outputs) || bias.length != outputs) {
      throw new IllegalArgumentException(
          "expected "
              + features
              + " x "
              + outputs
              + " weights and "
              + outputs
              + " biases, found "
              + weights.length
              + " and "
              + bias.length);
    }
  }

  /** The head in the first entries of a variable, the biases in the row behind the features. */
  static LinearHead of(FeatureRows rows, int outputs, double[] variable, Link link) {
    int n = rows.features();
    int end = n * outputs;
    return new LinearHead(
        n,
        outputs,
        Arrays.copyOf(variable, end),
        rows.hasBias() ? Arrays.copyOfRange(variable, end, end + outputs) : new double[outputs],
        link);
  }
}
