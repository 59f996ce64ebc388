package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import org.jspecify.annotations.Nullable;

/**
 * A single-level problem whose loss grows like the distance to its solutions (a sharp one) and
 * whose samples are simple enough to minimise a model of them exactly. With the loss l(z) of one
 * sample, the update at x with step size a is
 *
 * <pre>
 * argmin_z m_x(z) + |z - x|^2 / (2 a)
 * </pre>
 *
 * where the model m_x is l linearised at x (subgradient), l with its inner smooth map linearised at
 * x (prox-linear), or l itself (proximal): arXiv 1907.09547. Problems without such closed forms do
 * not implement it.
 */
public interface SharpModel {
  /** What stands in for the loss of a sample near x. */
  enum Model {
    /** The loss linearised: a subgradient step. */
    SUBGRADIENT,
    /** The loss itself. */
    PROXIMAL,
    /** The absolute value of the linearised inner map. */
    PROX_LINEAR
  }

  /**
   * What the step sizes of theory are made of.
   *
   * @param mu F(x) - min F &gt;= mu dist(x, solutions), positive
   * @param lipschitz Lipschitz constant of the models in the root mean square, positive
   */
  record Sharpness(double mu, double lipschitz) {}

  /**
   * Moves x to the minimiser of one sample's model.
   *
   * @param model which
   * @param step a, positive
   * @param x upper variable, length p, modified
   * @param xi upper batch
   * @param row which of its samples
   * @return the sample's loss at x as it was
   */
  double update(Model model, double step, double[] x, Batch xi, int row);

  /**
   * How sharp the problem is.
   *
   * @return its constants, or null where they are not known
   */
  default @Nullable Sharpness sharpness() {
    return null;
  }
}
