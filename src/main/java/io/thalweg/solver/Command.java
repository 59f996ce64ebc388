package io.thalweg.solver;

/**
 * A change that an operator asks for between two steps. It is part of what a run took in: the same
 * commands between the same steps give the same bits. Coordinates and values are those of the upper
 * variable as the method has it, not in the user's units.
 */
public sealed interface Command {
  /** Coordinates that may be bounded or frozen at a time. */
  int MOST_COORDINATES = 1024;

  /** How values of the upper variable are told to whoever asked, who may not know of x. */
  interface Units {
    /** As the method has them. */
    Units OWN = (coordinate, x) -> Double.toString(x);

    /**
     * A value in words.
     *
     * @param coordinate of the upper variable
     * @param x a finite value of it
     * @return the number that stands for it
     */
    String tell(int coordinate, double x);
  }

  /**
   * Keeps a coordinate of the upper variable within bounds from now on; a value outside is moved to
   * the nearer end at once.
   *
   * @param coordinate of the upper variable
   * @param low least value, may be minus infinity
   * @param high largest value, at least {@code low}, may be infinity
   */
  record Bounds(int coordinate, double low, double high) implements Command {}

  /**
   * Holds a coordinate of the upper variable where it is, or lets it go.
   *
   * @param coordinate of the upper variable
   * @param frozen whether it is held from now on
   */
  record Freeze(int coordinate, boolean frozen) implements Command {}

  /**
   * Scales the step sizes.
   *
   * @param factor of the step sizes that the job says, positive; 1 is what it says
   */
  record StepSize(double factor) implements Command {}

  /** Begins schedules and estimators anew at the point where the method is. */
  record ResetEstimators() implements Command {}

  /**
   * Goes on from an earlier point, with schedules and estimators anew.
   *
   * @param version of the snapshot that had it
   * @param x upper variable, not to be modified
   * @param y lower variable, not to be modified
   */
  record RollBack(long version, double[] x, double[] y) implements Command {}
}
