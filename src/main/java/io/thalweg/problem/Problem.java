package io.thalweg.problem;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bilevel problem a job can name: an oracle with names, units and starting points.
 *
 * <p>The least a problem must say is its two lengths, its sample schemas and three calls: {@link
 * #upperGradients}, {@link #gradLowerX} and {@link #gradLowerY}. All else has a default that holds
 * for any problem; those that allocate an array per call are worth overriding where speed counts.
 * Products and matrices that a method needs and the problem does not offer are made from gradients.
 */
public interface Problem extends BilevelOracle {
  /**
   * The id in the job file.
   *
   * @return for example {@code logistic-regression}; the name of the class unless overridden
   */
  default String id() {
    return getClass().getName();
  }

  /**
   * The name of one upper coordinate for readers of snapshots.
   *
   * @param i coordinate, 0 to p - 1
   * @return for example {@code l2.17}; {@code x.17} unless overridden
   */
  default String upperName(int i) {
    return "x." + i;
  }

  /**
   * One upper coordinate in the user's units.
   *
   * @param i coordinate, 0 to p - 1
   * @param x the upper variable
   * @return for example exp(x_i) for a log-scaled penalty; x_i unless overridden
   */
  default double upperUnit(int i, double[] x) {
    return x[i];
  }

  /**
   * The inverse of {@link #upperUnit}, for what an operator says in the user's units.
   *
   * @param i coordinate, 0 to p - 1
   * @param unit a value in the user's units
   * @return x_i that has this value, infinite where it is the limit of them; not a number where
   *     there is none, and for a problem that overrides {@link #upperUnit} alone
   */
  default double upperOfUnit(int i, double unit) {
    double[] x = defaultUpper();
    x[i] = unit;
    return upperUnit(i, x) == unit ? unit : Double.NaN;
  }

  /**
   * Where tuning starts unless the job says otherwise.
   *
   * @return a fresh array of length p; zeros unless overridden
   */
  default double[] defaultUpper() {
    return new double[upperDim()];
  }

  /**
   * Where training starts unless the job says otherwise.
   *
   * @return a fresh array of length q; zeros unless overridden
   */
  default double[] defaultLower() {
    return new double[lowerDim()];
  }

  /**
   * Box the problem itself puts on the upper variable, as {lower bounds, upper bounds}; infinite
   * where free.
   *
   * @return two fresh arrays of length p; free unless overridden
   */
  default double[][] upperBounds() {
    return Checks.unbounded(upperDim());
  }

  /**
   * The set x is kept in where a job names none, as {@code upper.constraint} would be written.
   *
   * @return {@code none} or {@code sphere}
   */
  default String defaultConstraint() {
    return "none";
  }

  /**
   * The model in a form that other programs can take over.
   *
   * @param x the upper variable
   * @param y the lower variable
   * @return a copy; null, unless overridden, where the model is no linear score of features
   */
  default @Nullable LinearHead linearHead(double[] x, double[] y) {
    return null;
  }

  /**
   * What may be asked for.
   *
   * @return values and gradients unless overridden
   */
  @Override
  default Set<Capability> capabilities() {
    return Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER));
  }

  @Override
  default double upperValue(double[] x, double[] y, Batch xi) {
    return upperGradients(x, y, xi, new double[upperDim()], new double[lowerDim()]);
  }

  @Override
  default double lowerValue(double[] x, double[] y, Batch zeta) {
    return gradLowerY(x, y, zeta, new double[lowerDim()]);
  }

  @Override
  default void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    upperGradients(x, y, xi, fx, new double[lowerDim()]);
  }

  @Override
  default double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    return upperGradients(x, y, xi, new double[upperDim()], fy);
  }
}
