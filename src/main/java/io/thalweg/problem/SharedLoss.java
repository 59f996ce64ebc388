package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;

/**
 * Problems whose two levels have one and the same loss l(x, y; record), each on records of its own:
 * f(x, y; xi) = mean l over xi, g(x, y; zeta) = mean l over zeta.
 */
abstract class SharedLoss extends FreeProblem {
  /**
   * A problem of given size.
   *
   * @param info names it
   * @param p length of x
   * @param q length of y
   * @param schema what a record of either level holds
   */
  SharedLoss(ProblemInfo info, int p, int q, SampleSchema schema) {
    super(info, p, q, schema, schema);
  }

  /** The mean loss. */
  abstract double value(double[] x, double[] y, Batch batch);

  /** Its gradient in x, overwritten, length p. */
  abstract void gradX(double[] x, double[] y, Batch batch, double[] out);

  /**
   * Its gradient in y, overwritten, length q.
   *
   * @return the mean loss
   */
  abstract double gradY(double[] x, double[] y, Batch batch, double[] out);

  @Override
  public final double upperValue(double[] x, double[] y, Batch xi) {
    return value(x, y, xi);
  }

  @Override
  public final double lowerValue(double[] x, double[] y, Batch zeta) {
    return value(x, y, zeta);
  }

  @Override
  public final void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    gradX(x, y, xi, fx);
  }

  @Override
  public final double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    return gradY(x, y, xi, fy);
  }

  @Override
  public final void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    gradX(x, y, zeta, gx);
  }

  @Override
  public final double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    return gradY(x, y, zeta, gy);
  }
}
