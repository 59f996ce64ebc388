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
