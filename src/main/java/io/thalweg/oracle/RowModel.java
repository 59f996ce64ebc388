package io.thalweg.oracle;

import io.thalweg.sample.Batch;

/**
 * A problem that can be learned record by record: a row a enters through K scores s_k = a'y_k
 * alone, and both levels have the same loss l(s) of a row. With a constant feature 1 behind the
 * features when there is a bias, so that a has length w = n + 1 or n:
 *
 * <pre>
 * y_{jk} = y[j K + k], j &lt; w, k &lt; K      dl/dy_{jk} = l_k(s) a_j      d2l/dy_{jk}^2 = l_kk(s) a_j^2
 * </pre>
 *
 * Features are column 0 of a batch, dense or sparse as its schema says.
 */
public interface RowModel {
  /**
   * Length of a feature row without the constant feature.
   *
   * @return n
   */
  int features();

  /**
   * Whether the constant feature 1 stands behind the others; it is never penalised.
   *
   * @return true when w = n + 1
   */
  boolean hasBias();

  /**
   * Scores of a row.
   *
   * @return K, at least 1
   */
  int outputs();

  /**
   * Number of distinct L2 weights, one for each upper coordinate.
   *
   * @return p
   */
  int groups();

  /**
   * The upper coordinate of every penalised entry.
   *
   * @return length n K, entry j K + k; not a copy
   */
  int[] groupOf();

  /**
   * The name of an upper coordinate.
   *
   * @param coordinate 0 to {@link #groups} - 1
   * @return as snapshots have it
   */
  default String upperName(int coordinate) {
    return "x." + coordinate;
  }

  /**
   * Classes that labels are of.
   *
   * @return 0 where labels are numbers
   */
  default int classes() {
    return 0;
  }

  /**
   * The class of a row, where there are classes.
   *
   * @param batch holds it
   * @param row its place
   * @return 0 to {@link #classes} - 1
   */
  default int classOf(Batch batch, int row) {
    return 0;
  }

  /**
   * Sources that records come from.
   *
   * @return 0 where records do not tell
   */
  default int sources() {
    return 0;
  }

  /**
   * The source of a row, where there are sources.
   *
   * @param batch holds it
   * @param row its place
   * @return 0 to {@link #sources} - 1
   */
  default int source(Batch batch, int row) {
    return 0;
  }

  /**
   * How old a row says it is.
   *
   * @param batch holds it
   * @param row its place
   * @return not negative, in units of the sender's own; 0 where it does not tell
   */
  default double age(Batch batch, int row) {
    return 0;
  }

  /**
   * The L2 weight that an upper coordinate stands for.
   *
   * @param upper its value
   * @return for example e^x on the log scale
   */
  double weightOf(double upper);

  /**
   * The upper coordinate that stands for an L2 weight, the inverse of {@link #weightOf}.
   *
   * @param weight positive
   * @return as the upper variable has it
   */
  double upperOf(double weight);

  /**
   * A bound on l_kk over all scores for a row of weight 1.
   *
   * @return for example 1/4 for the logistic loss
   */
  double curvatureBound();

  /**
   * Whether l is minus the logarithm of a probability, so that losses of different models compare
   * on an absolute scale.
   *
   * @return false for a squared distance
   */
  boolean isLikelihood();

  /**
   * The weight of a row.
   *
   * @param batch holds it
   * @param row its place
   * @return not negative
   */
  double weight(Batch batch, int row);

  /**
   * l at given scores, times the weight of the row.
   *
   * @param batch holds the row
   * @param row its place
   * @param scores holds s
   * @param at place of s_0
   * @return w l(s)
   */
  double loss(Batch batch, int row, double[] scores, int at);

  /**
   * First and second derivatives of w l.
   *
   * @param batch holds the row
   * @param row its place
   * @param scores holds s
   * @param at place of s_0
   * @param slopes receives w l_k(s), length K
   * @param curvatures receives w l_kk(s), length K
   */
  void slopes(Batch batch, int row, double[] scores, int at, double[] slopes, double[] curvatures);

  /**
   * First and second derivatives of w l at the scores of several models, one after the other.
   *
   * @param batch holds the row
   * @param row its place
   * @param scores holds s of the first, then of the others
   * @param slopes receives w l_k(s), an array of length K for every model
   * @param curvatures receives w l_kk(s), likewise
   */
  default void slopes(
      Batch batch, int row, double[] scores, double[][] slopes, double[][] curvatures) {
    int outputs = outputs();
    for (int i = 0; i < slopes.length; i++) {
      slopes(batch, row, scores, i * outputs, slopes[i], curvatures[i]);
    }
  }

  /**
   * e^-l of a row of weight 1 whose slopes are known, which saves a logarithm and an exponential.
   *
   * @param batch holds the row
   * @param row its place
   * @param slopes l_k(s) from {@link #slopes}
   * @return the probability of the row's label; meaningless where {@link #isLikelihood} is false
   */
  double likelihood(Batch batch, int row, double[] slopes);

  /**
   * The error of a prediction: 0 or 1 where a class is predicted, the distance where it is a
   * number; times the weight of the row.
   *
   * @param batch holds the row
   * @param row its place
   * @param scores holds s
   * @param at place of s_0
   * @return w times the error
   */
  double error(Batch batch, int row, double[] scores, int at);

  /**
   * The class of a row whose one score is the larger the likelier it is positive.
   *
   * @param batch holds the row
   * @param row its place
   * @return 1 for the positive of two classes, -1 for the other; 0 where there are no two
   */
  default int side(Batch batch, int row) {
    return 0;
  }
}
