package io.thalweg.oracle;

import io.thalweg.sample.Batch;

/**
 * A problem that a step can treat coordinate by coordinate: samples enter through the margin m =
 * a'y of a sparse row alone, and the lower penalty is a diagonal quadratic with few distinct
 * weights.
 *
 * <pre>
 * f(x, y; xi)   = 1/B sum l_i(m_i)                  g(x, y; zeta) = 1/B sum l_i(m_i) + 1/2 sum_k e_k(x) sum_{j in k} y_j^2
 * gy = 1/B sum l_i'(m_i) a_i + e o y                Hv = 1/B sum l_i''(m_i) (a_i'v) a_i + e o v
 * (Jv)_k = e_k'(x) sum_{j in k} y_j v_j             fx = 0
 * </pre>
 *
 * Coordinates that no row of a batch touches then move by one and the same small matrix per group,
 * so that a method can leave them alone and make up for it when they are next needed.
 */
public interface LinearModel {
  /**
   * Length of a feature row.
   *
   * @return n
   */
  int features();

  /**
   * Whether the lower variable has an entry n for a constant feature 1 that is not penalised.
   *
   * @return true when q = n + 1, false when q = n
   */
  boolean hasBias();

  /**
   * Number of distinct penalty weights, one for each upper coordinate.
   *
   * @return p
   */
  int groups();

  /**
   * The group of every feature.
   *
   * @return length n, entries in [0, p); not a copy
   */
  int[] groupOf();

  /**
   * The penalty weights at a point.
   *
   * @param x upper variable, length p
   * @param e receives e_k(x), length p
   * @param slope receives e_k'(x), length p
   */
  void penalties(double[] x, double[] e, double[] slope);

  /**
   * Losses of the rows of a batch at given margins.
   *
   * @param batch the rows, for their labels and weights
   * @param margins a_i'y by row
   * @param first receives l_i'(m_i) by row
   * @param second receives l_i''(m_i) by row
   * @return the sum of l_i(m_i)
   */
  double losses(Batch batch, double[] margins, double[] first, double[] second);

  /**
   * Scores predictions by their margins.
   *
   * @param batch the rows, for their labels and weights
   * @param margins a_i'y by row
   * @param sums receives [weighted loss, weighted error, weight], each added to, as those of {@link
   *     Predictor}
   */
  void score(Batch batch, double[] margins, double[] sums);

  /**
   * Ranks predictions by their margins, where there are two classes.
   *
   * @param batch the rows, for their labels and weights
   * @param margins a_i'y by row
   * @param ranking receives the margin and the class of each row that has some weight
   */
  default void rank(Batch batch, double[] margins, Ranking ranking) {}
}
