package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is asked of another oracle: the cost of a method in the units papers use, calls per
 * batch and evaluations per sample.
 */
public final class CountingOracle extends ForwardingOracle {
  private static final long[] NONE = new long[1];

  private final EnumMap<OracleCall, long[]> counts = new EnumMap<>(OracleCall.class);
  private long evaluations;

  /**
   * A counter around an oracle.
   *
   * @param oracle answers the calls
   */
  public CountingOracle(BilevelOracle oracle) {
    super(oracle);
    reset();
  }

  /** Calls of another form would not be counted, but for those of {@link #as}. */
  @Override
  protected boolean passesOn(Class<?> form) {
    return false;
  }

  @Override
  public <T> @Nullable T as(Class<T> form) {
    SharpModel sharp = form == SharpModel.class ? oracle.as(SharpModel.class) : null;
    return sharp == null ? super.as(form) : form.cast(new Counted(sharp));
  }

  /** An update of one sample counts as its value and its gradient. */
  private final class Counted implements SharpModel {
    private final SharpModel sharp;

    Counted(SharpModel sharp) {
      this.sharp = sharp;
    }

    @Override
    public double update(Model model, double step, double[] x, Batch xi, int row) {
      add(OracleCall.UPPER_VALUE, 1);
      add(OracleCall.GRAD_UPPER_X, 1);
      return sharp.update(model, step, x, xi, row);
    }

    @Override
    public @Nullable Sharpness sharpness() {
      return sharp.sharpness();
    }
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

  /**
   * Evaluations of one sample since the start or the last {@link #reset}: a value, a gradient or a
   * product counts once for each row of its batch, a matrix as often as it has columns.
   *
   * @return how many
   */
  public long evaluations() {
    return evaluations;
  }

  /** Sets every count to 0. */
  public void reset() {
    evaluations = 0;
    for (OracleCall call : OracleCall.values()) {
      counts.put(call, new long[1]);
    }
  }

  private void add(OracleCall call, Batch batch) {
    boolean matrix = call == OracleCall.HESSIAN || call == OracleCall.CROSS;
    add(call, (long) batch.size() * (matrix ? oracle.lowerDim() : 1));
  }

  /** One call that looks at so many samples. */
  private void add(OracleCall call, long samples) {
    counts.getOrDefault(call, NONE)[0]++;
    evaluations += samples;
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    add(OracleCall.UPPER_VALUE, xi);
    return oracle.upperValue(x, y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    add(OracleCall.LOWER_VALUE, zeta);
    return oracle.lowerValue(x, y, zeta);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    add(OracleCall.GRAD_UPPER_X, xi);
    add(OracleCall.GRAD_UPPER_Y, xi);
    return oracle.upperGradients(x, y, xi, fx, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    add(OracleCall.GRAD_UPPER_X, xi);
    oracle.gradUpperX(x, y, xi, fx);
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    add(OracleCall.GRAD_UPPER_Y, xi);
    return oracle.gradUpperY(x, y, xi, fy);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    add(OracleCall.GRAD_LOWER_X, zeta);
    oracle.gradLowerX(x, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    add(OracleCall.GRAD_LOWER_Y, zeta);
    return oracle.gradLowerY(x, y, zeta, gy);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    add(OracleCall.HVP, zeta);
    oracle.hvp(x, y, v, zeta, hv);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    add(OracleCall.JVP, zeta);
    oracle.jvp(x, y, v, zeta, jv);
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    add(OracleCall.GRAD_LOWER_Y, zeta);
    add(OracleCall.HVP, zeta);
    add(OracleCall.JVP, zeta);
    return oracle.lowerProducts(x, y, v, zeta, gy, hv, jv);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    add(OracleCall.HESSIAN, zeta);
    oracle.hessian(x, y, zeta, h);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    add(OracleCall.CROSS, zeta);
    oracle.cross(x, y, zeta, j);
  }
}
