package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.EnumMap;
import java.util.Set;

/** Counts what is asked of another oracle: the cost of a method in the unit papers use. */
public final class CountingOracle implements BilevelOracle {
  private static final long[] NONE = new long[1];

  private final BilevelOracle oracle;
  private final EnumMap<OracleCall, long[]> counts = new EnumMap<>(OracleCall.class);

  /**
   * A counter around an oracle.
   *
   * @param oracle answers the calls
   */
  public CountingOracle(BilevelOracle oracle) {
    this.oracle = oracle;
    reset();
  }

  /**
   * Calls since the start or the last {@link #reset}.
   *
   * @param call which part
   * @return how often it was asked for
   */
  public long count(OracleCall call) {
    return counts.getOrDefault(call, NONE)[0];
  }

  /** Sets every count to 0. */
  public void reset() {
    for (OracleCall call : OracleCall.values()) {
      counts.put(call, new long[1]);
    }
  }

  private void add(OracleCall call) {
    counts.getOrDefault(call, NONE)[0]++;
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
  public double upperValue(double[] x, double[] y, Batch xi) {
    add(OracleCall.UPPER_VALUE);
    return oracle.upperValue(x, y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    add(OracleCall.LOWER_VALUE);
    return oracle.lowerValue(x, y, zeta);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    add(OracleCall.GRAD_UPPER_X);
    add(OracleCall.GRAD_UPPER_Y);
    return oracle.upperGradients(x, y, xi, fx, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    add(OracleCall.GRAD_UPPER_X);
    oracle.gradUpperX(x, y, xi, fx);
  }

  @Override
  public void gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    add(OracleCall.GRAD_UPPER_Y);
    oracle.gradUpperY(x, y, xi, fy);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    add(OracleCall.GRAD_LOWER_X);
    oracle.gradLowerX(x, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    add(OracleCall.GRAD_LOWER_Y);
    return oracle.gradLowerY(x, y, zeta, gy);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    add(OracleCall.HVP);
    oracle.hvp(x, y, v, zeta, hv);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    add(OracleCall.JVP);
    oracle.jvp(x, y, v, zeta, jv);
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    add(OracleCall.GRAD_LOWER_Y);
    add(OracleCall.HVP);
    add(OracleCall.JVP);
    return oracle.lowerProducts(x, y, v, zeta, gy, hv, jv);
  }

  @Override
  public boolean lowerPenalty(double[] x, double[] e) {
    return oracle.lowerPenalty(x, e);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    add(OracleCall.HESSIAN);
    oracle.hessian(x, y, zeta, h);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    add(OracleCall.CROSS);
    oracle.cross(x, y, zeta, j);
  }
}
