package io.thalweg.problem;

import io.thalweg.oracle.ForwardingOracle;
import io.thalweg.settings.Settings;

/** A problem as a user would bring it: a public class with a constructor from settings. */
public final class Custom extends ForwardingOracle implements Problem {
  private final Problem inner;

  /**
   * A regression under another name.
   *
   * @param settings keys of the problem
   */
  public Custom(Settings settings) {
    this(new LogisticRegression(settings));
  }

  private Custom(Problem inner) {
    super(inner);
    this.inner = inner;
  }

  @Override
  protected boolean passesOn(Class<?> form) {
    return false;
  }

  @Override
  public String id() {
    return "custom";
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
  public double upperOfUnit(int i, double unit) {
    return inner.upperOfUnit(i, unit);
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
}
