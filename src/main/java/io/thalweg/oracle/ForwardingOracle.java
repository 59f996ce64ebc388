package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An oracle that passes every question on to another one: the base of wrappers, which override what
 * they are for. A question that {@link BilevelOracle} answers by default is passed on as well, for
 * the default would answer for the wrapper.
 */
public abstract class ForwardingOracle implements BilevelOracle {
  /** Answers the questions. */
  protected final BilevelOracle oracle;

  /**
   * A wrapper.
   *
   * @param oracle answers the questions
   */
  protected ForwardingOracle(BilevelOracle oracle) {
    this.oracle = oracle;
  }

  /**
   * Whether callers may use another form of the wrapped oracle behind this one's back. There is no
   * right answer for all wrappers: a form is lost where it is kept back for nothing, and one that
   * reads batches by itself would pass by whatever the wrapper does to them.
   *
   * @param form an interface that the wrapper itself does not implement
   * @return true to pass it on
   */
  protected abstract boolean passesOn(Class<?> form);

  @Override
  public <T> @Nullable T as(Class<T> form) {
    if (form.isInstance(this)) {
      return form.cast(this);
    }
    return passesOn(form) ? oracle.as(form) : null;
  }

  @Override
  public int upperDim() {
    return oracle.upperDim();
  }

  @Override
  public int lowerDim() {
    return oracle.lowerDim();
  }

  @Override
  public Set<Capability> capabilities() {
    return oracle.capabilities();
  }

  @Override
  public SampleSchema schema(Level level) {
    return oracle.schema(level);
  }

  @Override
  public boolean isMinimax() {
    return oracle.isMinimax();
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    return oracle.upperValue(x, y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    return oracle.lowerValue(x, y, zeta);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    return oracle.upperGradients(x, y, xi, fx, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    oracle.gradUpperX(x, y, xi, fx);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    return oracle.gradUpperY(x, y, xi, fy);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    oracle.gradLowerX(x, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    return oracle.gradLowerY(x, y, zeta, gy);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    oracle.hvp(x, y, v, zeta, hv);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    oracle.jvp(x, y, v, zeta, jv);
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    return oracle.lowerProducts(x, y, v, zeta, gy, hv, jv);
  }

  @Override
  public boolean lowerPenalty(double[] x, double[] e) {
    return oracle.lowerPenalty(x, e);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    oracle.hessian(x, y, zeta, h);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    oracle.cross(x, y, zeta, j);
  }
}
