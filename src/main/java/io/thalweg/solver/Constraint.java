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
   * Whether X holds all points between two of its own. Where it does not, a method may step out and
   * project, but not go part of the way to a projection.
   *
   * @return false for a sphere
   */
  default boolean convex() {
    return true;
  }
}
