package io.thalweg.pipeline;

/** Upper coordinates as readers of snapshots see them. */
public interface UpperView {
  /**
   * The name of a coordinate.
   *
   * @param i coordinate
   * @return for example {@code l2.17}
   */
  String name(int i);

  /**
   * Its value in the user's units.
   *
   * @param i coordinate
   * @param x upper variable
   * @return for example exp(x_i)
   */
  double unit(int i, double[] x);
}
