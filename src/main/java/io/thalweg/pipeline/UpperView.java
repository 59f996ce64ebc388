package io.thalweg.pipeline;

/** Upper coordinates as readers of snapshots see them. */
public interface UpperView {
  /** Coordinates without names, as the method has them. */
  UpperView NONE =
      new UpperView() {
        @Override
        public int named(int dimension) {
          return 0;
        }

        @Override
        public String name(int i) {
          return "";
        }

        @Override
        public double unit(int i, double[] x) {
          return x[i];
        }
      };

  /**
   * How many coordinates appear in a snapshot by name.
   *
   * @param dimension of the upper variable
   * @return all of them, or none where there are too many to name
   */
  default int named(int dimension) {
    return dimension;
  }

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

  /**
   * The inverse of {@link #unit}.
   *
   * @param i coordinate
   * @param unit a value in the user's units
   * @return x_i that has this value, not a number where none has
   */
  default double value(int i, double unit) {
    return unit;
  }
}
