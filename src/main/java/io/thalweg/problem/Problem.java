package io.thalweg.problem;

import io.thalweg.oracle.BilevelOracle;

/** A bilevel problem a job can name: an oracle with names, units and starting points. */
public interface Problem extends BilevelOracle {
  /**
   * The id in the job file.
   *
   * @return for example {@code logistic-regression}
   */
  String id();

  /**
   * The name of one upper coordinate for readers of snapshots.
   *
   * @param i coordinate, 0 to p - 1
   * @return for example {@code l2.17}
   */
  String upperName(int i);

  /**
   * One upper coordinate in the user's units.
   *
   * @param i coordinate, 0 to p - 1
   * @param x the upper variable
   * @return for example exp(x_i) for a log-scaled penalty
   */
  double upperUnit(int i, double[] x);

  /**
   * Where tuning starts unless the job says otherwise.
   *
   * @return a fresh array of length p
   */
  double[] defaultUpper();

  /**
   * Where training starts unless the job says otherwise.
   *
   * @return a fresh array of length q
   */
  double[] defaultLower();

  /**
   * Box the problem itself puts on the upper variable, as {lower bounds, upper bounds}; infinite
   * where free.
   *
   * @return two fresh arrays of length p
   */
  double[][] upperBounds();

  /**
   * The set x is kept in where a job names none, as {@code upper.constraint} would be written.
   *
   * @return {@code none} or {@code sphere}
   */
  default String defaultConstraint() {
    return "none";
  }
}
