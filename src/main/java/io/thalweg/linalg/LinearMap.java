package io.thalweg.linalg;

/** A square matrix known by its products. */
@FunctionalInterface
public interface LinearMap {
  /**
   * out becomes A v.
   *
   * @param v vector of length n, not modified
   * @param out receives the product, length n, never v itself
   */
  void apply(double[] v, double[] out);
}
