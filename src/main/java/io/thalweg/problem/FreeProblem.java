package io.thalweg.problem;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.Set;

/**
 * What problems of two levels share that leave x as {@link Problem} has it, free and without a unit
 * of its own; the matrices are offered where they can be held.
 */
abstract class FreeProblem implements Problem {
  private final ProblemInfo info;
  private final int p;
  private final int q;
  private final SampleSchema lower;
  private final SampleSchema upper;

  /**
   * A problem of given size.
   *
   * @param info names it
   * @param p length of x
   * @param q length of y
   * @param lower what a lower sample holds
   * @param upper what an upper sample holds
   */
  FreeProblem(ProblemInfo info, int p, int q, SampleSchema lower, SampleSchema upper) {
    this.info = info;
    this.p = p;
    this.q = q;
    this.lower = lower;
    this.upper = upper;
  }

  @Override
  public final String id() {
    return info.id();
  }

  @Override
  public final int upperDim() {
    return p;
  }

  @Override
  public final int lowerDim() {
    return q;
  }

  @Override
  public final Set<Capability> capabilities() {
    return Checks.capabilities(p, q);
  }

  @Override
  public final SampleSchema schema(Level level) {
    return level == Level.LOWER ? lower : upper;
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    gradUpperX(x, y, xi, fx);
    return gradUpperY(x, y, xi, fy);
  }
}
