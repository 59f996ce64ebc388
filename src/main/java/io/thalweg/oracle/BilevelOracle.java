package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic values, gradients and products of f(x, y; xi) and g(x, y; zeta), each the mean over
 * the rows of a batch, summed in row order. With p = {@link #upperDim()} and q = {@link
 * #lowerDim()}: x has length p, y has length q, H = d2g/dy2 is q x q symmetric, J = d2g/dxdy is p x
 * q with J[i][j] = d2g/dx_i dy_j. Every output array is overwritten, not added to; inputs are not
 * modified. The same batch may be asked about at two points: an oracle keeps no state between calls
 * but scratch.
 */
public interface BilevelOracle {
  /**
   * Length of the upper variable.
   *
   * @return p
   */
  int upperDim();

  /**
   * Length of the lower variable.
   *
   * @return q
   */
  int lowerDim();

  /**
   * What may be asked for.
   *
   * @return capabilities; asking beyond them throws {@link UnsupportedOperationException}
   */
  Set<Capability> capabilities();

  /**
   * What a sample of a level holds.
   *
   * @param level lower (training) or upper (validation)
   * @return its schema
   */
  SampleSchema schema(Level level);

  /**
   * Whether this is min over x of max over y of f: whether g is -f, on records of one kind, as the
   * methods for such problems take it to be.
   *
   * @return false unless overridden
   */
  default boolean isMinimax() {
    return false;
  }

  /**
   * f(x, y; xi).
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param xi upper batch
   * @return mean over the batch
   */
  double upperValue(double[] x, double[] y, Batch xi);

  /**
   * g(x, y; zeta).
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param zeta lower batch
   * @return mean over the batch
   */
  double lowerValue(double[] x, double[] y, Batch zeta);

  /**
   * Both partial gradients of f at one point.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param xi upper batch
   * @param fx receives df/dx, length p
   * @param fy receives df/dy, length q
   * @return f(x, y; xi), which the pass over the rows gives for little
   */
  double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy);

  /**
   * The direct part of the hypergradient, df/dx.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param xi upper batch
   * @param fx receives it, length p
   */
  void gradUpperX(double[] x, double[] y, Batch xi, double[] fx);

  /**
   * df/dy.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param xi upper batch
   * @param fy receives it, length q
   * @return f(x, y; xi), which the pass over the rows gives for little
   */
  double gradUpperY(double[] x, double[] y, Batch xi, double[] fy);

  /**
   * dg/dx.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param zeta lower batch
   * @param gx receives it, length p
   */
  void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx);

  /**
   * dg/dy.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param zeta lower batch
   * @param gy receives it, length q
   * @return g(x, y; zeta), which the pass over the rows gives for little
   */
  double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy);

  /**
   * Hessian-vector product H v.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param v direction, length q
   * @param zeta lower batch
   * @param hv receives it, length q
   */
  default void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    throw new UnsupportedOperationException("no products are offered");
  }

  /**
   * Cross product J v.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param v direction, length q
   * @param zeta lower batch
   * @param jv receives it, length p
   */
  default void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    throw new UnsupportedOperationException("no products are offered");
  }

  /**
   * Lower gradient and both products of one batch in one pass; problems override it where the three
   * share the reading of the rows.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param v direction, length q
   * @param zeta lower batch
   * @param gy receives dg/dy, length q
   * @param hv receives H v, length q
   * @param jv receives J v, length p
   * @return g(x, y; zeta)
   */
  default double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    double g = gradLowerY(x, y, zeta, gy);
    hvp(x, y, v, zeta, hv);
    jvp(x, y, v, zeta, jv);
    return g;
  }

  /**
   * The quadratic penalty of the lower level, for methods that take it apart from the data: where g
   * = data term + 1/2 sum_j e_j(x) y_j^2, its gradient e o y and its product e o v are part of gy
   * and Hv, and gy - e o y and Hv - e o v are those of the data term.
   *
   * @param x upper variable, length p
   * @param e receives the weights e_j(x), length q, 0 for an entry that is not penalised; left as
   *     it is when false is returned
   * @return false when the problem has no such penalty, and so e = 0
   */
  default boolean lowerPenalty(double[] x, double[] e) {
    return false;
  }

  /**
   * The lower Hessian.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param zeta lower batch
   * @param h receives it row-major, length q*q
   */
  default void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    throw new UnsupportedOperationException("no matrices are offered");
  }

  /**
   * The cross derivative.
   *
   * @param x upper variable, length p
   * @param y lower variable, length q
   * @param zeta lower batch
   * @param j receives it row-major, length p*q
   */
  default void cross(double[] x, double[] y, Batch zeta, double[] j) {
    throw new UnsupportedOperationException("no matrices are offered");
  }

  /**
   * Another form of the same problem, for callers that can make use of it: {@link LinearModel},
   * {@link SharpModel}, {@link Predictor}. To be asked instead of {@code instanceof}, which cannot
   * see through a wrapper.
   *
   * @param form an interface
   * @param <T> the interface
   * @return this oracle, or what it wraps; null where the problem has no such form
   */
  default <T> @Nullable T as(Class<T> form) {
    return form.isInstance(this) ? form.cast(this) : null;
  }
}
