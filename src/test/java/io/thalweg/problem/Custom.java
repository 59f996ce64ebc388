package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.Set;

/** A problem as a user would bring it: a public class with a constructor from settings. */
public final class Custom implements Problem {
  private final Problem inner;

  /**
   * A regression under another name.
   *
   * @param settings keys of the problem
   */
  public Custom(Settings settings) {
    inner = new LogisticRegression(settings);
  }

  @Override
  public String id() {
    return "custom";
  }

  @Override
  public int upperDim() {
    return inner.upperDim();
  }

  @Override
  public int lowerDim() {
    return inner.lowerDim();
  }

  @Override
  public Set<Capability> capabilities() {
    return inner.capabilities();
  }

  @Override
  public SampleSchema schema(Level level) {
    return inner.schema(level);
  }

  @Override
  public String upperName(int i) {
    return inner.upperName(i);
  }

  @Override
  public double upperUnit(int i, double[] x) {
    return inner.upperUnit(i, x);
  }

  @Override
  public double[] defaultUpper() {
    return inner.defaultUpper();
  }

  @Override
  public double[] defaultLower() {
    return inner.defaultLower();
  }

  @Override
  public double[][] upperBounds() {
    return inner.upperBounds();
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    return inner.upperValue(x, y, xi);
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    return inner.lowerValue(x, y, zeta);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    return inner.upperGradients(x, y, xi, fx, fy);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    inner.gradUpperX(x, y, xi, fx);
  }

  @Override
  public void gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    inner.gradUpperY(x, y, xi, fy);
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    inner.gradLowerX(x, y, zeta, gx);
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    return inner.gradLowerY(x, y, zeta, gy);
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    inner.hvp(x, y, v, zeta, hv);
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    inner.jvp(x, y, v, zeta, jv);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    inner.hessian(x, y, zeta, h);
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    inner.cross(x, y, zeta, j);
  }
}
