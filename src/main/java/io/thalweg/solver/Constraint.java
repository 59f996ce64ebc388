package io.thalweg.solver;

/** The closed set X of the upper variable, known by its projection P_X. */
public interface Constraint {
  /** All of R^p. */
  Constraint NONE =
      new Constraint() {
        @Override
        public boolean project(double[] x) {
          return false;
        }

        @Override
        public boolean bounded() {
          return false;
        }

        @Override
        public String toString() {
          return "none";
        }
      };

  /**
   * x becomes the nearest point of X. Allocates nothing; may use scratch of the instance.
   *
   * @param x upper variable, length p, modified
   * @return true when x was outside
   */
  boolean project(double[] x);

  /**
   * Whether there is anything to leave.
   *
   * @return false for all of R^p
   */
  default boolean bounded() {
    return true;
  }

  /**
   * Whether X is a box, so that every coordinate is projected by itself.
   *
   * @return true for all of R^p and where {@link #least} and {@link #most} say all there is
   */
  default boolean separable() {
    return !bounded();
  }

  /**
   * The lower end of a coordinate, where X is a box.
   *
   * @param i coordinate
   * @return minus infinity where there is none
   */
  default double least(int i) {
    return Double.NEGATIVE_INFINITY;
  }

  /**
   * The upper end of a coordinate, where X is a box.
   *
   * @param i coordinate
   * @return infinity where there is none
   */
  default double most(int i) {
    return Double.POSITIVE_INFINITY;
  }

  /**
   * Sees an iterate before it stands. Most sets leave it alone, for methods project by themselves:
   * it may be out of X by rounding. One that changes while a method is at work may not, for a
   * method may take up a point of before.
   *
   * @param x upper variable, length p, modified
   */
  default void hold(double[] x) {}

  /**
   * Whether X holds all points between two of its own. Where it does not, a method may step out and
   * project, but not go part of the way to a projection.
   *
   * @return false for a sphere
   */
  default boolean convex() {
    return true;
  }
}
