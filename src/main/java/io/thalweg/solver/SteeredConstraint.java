package io.thalweg.solver;

/**
 * The set of the job, cut down by the bounds that commands set. What a method reads of it once,
 * when it is made, is that of the job's set: bounds may come and go while it is at work.
 */
final class SteeredConstraint implements Constraint {
  private final Constraint job;
  private final CoordinateBounds bounds;

  SteeredConstraint(Constraint job, CoordinateBounds bounds) {
    this.job = job;
    this.bounds = bounds;
  }

  /** The set of the job alone. */
  Constraint job() {
    return job;
  }

  /** The bounds lie within the job's box, so the nearest point is found in this order. */
  @Override
  public boolean project(double[] x) {
    boolean outside = job.project(x);
    boolean clamped = bounds.clamp(x);
    // a method counts projections, and has a counter for them, only where the job has a set
    return outside || (clamped && job.bounded());
  }

  @Override
  public boolean bounded() {
    return job.bounded();
  }

  @Override
  public boolean convex() {
    return job.convex();
  }

  @Override
  public boolean separable() {
    return job.separable();
  }

  @Override
  public double least(int i) {
    return job.least(i);
  }

  @Override
  public double most(int i) {
    return job.most(i);
  }

  @Override
  public void hold(double[] x) {
    bounds.clamp(x);
  }

  @Override
  public String toString() {
    return job.toString();
  }
}
