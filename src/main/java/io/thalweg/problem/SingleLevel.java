package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A problem with an upper level alone: F(x) = E f(x; xi), samples of the validation role. The lower
 * variable has length 0 and g is 0, so that everything said of two levels holds of one: y* is the
 * empty vector and the hypergradient is df/dx. There are no products and no matrices to ask for.
 * What a subclass has to give is f and its gradient.
 */
abstract class SingleLevel implements Problem {
  private static final Set<Capability> OFFERED =
      Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER));

  private final ProblemInfo info;
  private final int p;
  private final SampleSchema schema;

  /** A problem of p coordinates whose samples are of one kind. */
  SingleLevel(ProblemInfo info, int p, SampleSchema schema) {
    this.info = info;
    this.p = p;
    this.schema = schema;
  }

  /**
   * f and its gradient in one pass over the rows.
   *
   * @param x upper variable, length p
   * @param xi upper batch
   * @param fx receives df/dx, length p, overwritten; where f has a kink, one of its subgradients
   * @return f(x; xi), the mean over the batch
   */
  abstract double gradient(double[] x, Batch xi, double[] fx);

  /** f(x; xi), the mean over the batch. */
  abstract double value(double[] x, Batch xi);

  @Override
  public final String id() {
    return info.id();
  }

  @Override
  public final int upperDim() {
    return p;
  }

  @Override
  public final int lowerDim() {
    return 0;
  }

  @Override
  public final Set<Capability> capabilities() {
    return OFFERED;
  }

  /** Of one kind whatever the role says: a sample of the other role is read, and left out. */
  @Override
  public final SampleSchema schema(Level level) {
    return schema;
  }

  @Override
  public final double[] defaultLower() {
    return new double[0];
  }

  @Override
  public final double upperValue(double[] x, double[] y, Batch xi) {
    return value(x, xi);
  }

  @Override
  public final double lowerValue(double[] x, double[] y, Batch zeta) {
    return 0;
  }

  @Override
  public final double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    return gradient(x, xi, fx);
  }

  @Override
  public final void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    gradient(x, xi, fx);
  }

  @Override
  public final double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    return value(x, xi);
  }

  @Override
  public final void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    Arrays.fill(gx, 0, upperDim(), 0);
  }

  @Override
  public final double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    return 0;
  }
}
