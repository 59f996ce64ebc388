package io.thalweg.oracle;

import io.thalweg.sample.Batch;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * An oracle that makes what a problem does not offer from what it does: products from gradients
 * ({@link DifferenceProducts}), matrices from products, column j of H and J being H e_j and J e_j.
 * What the problem offers itself is passed through. Values cannot be made.
 */
public final class Completion extends ForwardingOracle {
  /** Entries of one matrix above which none is made: 400 MB of doubles. */
  public static final long MOST_ENTRIES = 50_000_000L;

  private final DifferenceProducts differences;
  private final boolean products;
  private final boolean matrices;
  private final Set<Capability> capabilities;
  private final double[] unit;
  private final double[] lowerColumn;
  private final double[] upperColumn;

  private Completion(BilevelOracle oracle, double radius) {
    super(oracle);
    Set<Capability> own = oracle.capabilities();
    products = own.contains(Capability.PRODUCTS);
    matrices = own.contains(Capability.DENSE);
    differences = new DifferenceProducts(oracle, radius, true);
    EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
    all.addAll(own);
    if (own.contains(Capability.FIRST_ORDER)) {
      all.add(Capability.PRODUCTS);
    }
    long q = oracle.lowerDim();
    if (all.contains(Capability.PRODUCTS) && Math.max(oracle.upperDim(), q) * q <= MOST_ENTRIES) {
      all.add(Capability.DENSE);
    }
    capabilities = Collections.unmodifiableSet(all);
    boolean columns = all.contains(Capability.DENSE) && !matrices;
    unit = new double[columns ? oracle.lowerDim() : 0];
    lowerColumn = new double[columns ? oracle.lowerDim() : 0];
    upperColumn = new double[columns ? oracle.upperDim() : 0];
  }

  /**
   * The oracle itself where it offers all that is needed, else a completed one.
   *
   * @param oracle the problem
   * @param needed what a method asks for
   * @param radius radius of the central differences, divided by max(1, |v|); positive
   * @return an oracle that offers what could be made of what is needed
   */
  public static BilevelOracle of(BilevelOracle oracle, Set<Capability> needed, double radius) {
    return oracle.capabilities().containsAll(needed) ? oracle : new Completion(oracle, radius);
  }

  /** What it makes leaves the other forms of a problem as they are. */
  @Override
  protected boolean passesOn(Class<?> form) {
    return true;
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    if (products) {
      oracle.hvp(x, y, v, zeta, hv);
    } else {
      differences.hvp(x, y, v, zeta, hv);
    }
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    if (products) {
      oracle.jvp(x, y, v, zeta, jv);
    } else {
      differences.jvp(x, y, v, zeta, jv);
    }
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    if (products) {
      return oracle.lowerProducts(x, y, v, zeta, gy, hv, jv);
    }
    double g = oracle.gradLowerY(x, y, zeta, gy);
    differences.hvp(x, y, v, zeta, hv);
    differences.jvp(x, y, v, zeta, jv);
    return g;
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    if (matrices) {
      oracle.hessian(x, y, zeta, h);
      return;
    }
    int q = unit.length;
    for (int j = 0; j < q; j++) {
      hvp(x, y, axis(j), zeta, lowerColumn);
      for (int i = 0; i < q; i++) {
        h[i * q + j] = lowerColumn[i];
      }
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    if (matrices) {
      oracle.cross(x, y, zeta, j);
      return;
    }
    int q = unit.length;
    for (int k = 0; k < q; k++) {
      jvp(x, y, axis(k), zeta, upperColumn);
      for (int i = 0; i < upperColumn.length; i++) {
        j[i * q + k] = upperColumn[i];
      }
    }
  }

  private double[] axis(int j) {
    Arrays.fill(unit, 0);
    unit[j] = 1;
    return unit;
  }
}
