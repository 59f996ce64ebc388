package io.thalweg.app;

import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.List;

/** A problem of a user's that has a mistake: its gradients break on a label of 1. */
public final class Boom implements Problem {
  /**
   * The problem, which has no keys.
   *
   * @param settings keys of the problem
   */
  public Boom(Settings settings) {}

  @Override
  public int upperDim() {
    return 1;
  }

  @Override
  public int lowerDim() {
    return 1;
  }

  @Override
  public SampleSchema schema(Level level) {
    return new SampleSchema(List.of(Field.scalar("y")), false);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    fx[0] = 0;
    fy[0] = 0;
    return 0;
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    gx[0] = 0;
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    if (zeta.column(0)[0] == 1) {
      throw new IllegalStateException("boom");
    }
    gy[0] = y[0];
    return y[0] * y[0] / 2;
  }
}
