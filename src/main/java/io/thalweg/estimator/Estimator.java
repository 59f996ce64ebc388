package io.thalweg.estimator;

/**
 * The running estimate e of a direction D(z) = E D(z; s) from one sample at a time. It holds no
 * state: past estimate, fresh direction and weight come in, the new estimate goes out, so that a
 * refused step has nothing to undo.
 */
public interface Estimator {
  /**
   * Whether D must also be evaluated at the previous point, on the <em>same</em> new sample.
   *
   * @return true when {@link #update} reads {@code before}
   */
  boolean needsPreviousPoint();

  /**
   * One recursion over a range.
   *
   * @param past estimate e_t, not modified
   * @param before D(z_t; s_{t+1}), not modified; ignored unless {@link #needsPreviousPoint()}
   * @param weight a of the fresh direction, in [0, 1]; 1 forgets the past
   * @param fresh holds D(z_{t+1}; s_{t+1}), receives e_{t+1}; neither past nor before
   * @param from first entry
   * @param to entry after the last
   */
  void update(double[] past, double[] before, double weight, double[] fresh, int from, int to);

  /**
   * The same recursion as three numbers, e_{t+1} = keep e_t + fresh D(z_{t+1}; s) - back D(z_t; s),
   * for directions that are summed up row by row and never stood in an array of their own.
   *
   * @param weight a, as in {@link #update}
   * @return keep
   */
  double keep(double weight);

  /**
   * The factor of the direction at the new point.
   *
   * @param weight a, as in {@link #update}
   * @return fresh
   */
  double fresh(double weight);

  /**
   * The factor of the direction at the previous point.
   *
   * @param weight a, as in {@link #update}
   * @return back, 0 unless {@link #needsPreviousPoint()}
   */
  double back(double weight);

  /**
   * The usual weight min(1, c s): never above 1.
   *
   * @param c constant of the estimate, not negative
   * @param s scale of the schedule, not negative
   * @return weight in [0, 1]
   */
  static double weight(double c, double s) {
    return Math.min(1, c * s);
  }
}
