package io.thalweg.experiment;

import io.thalweg.linalg.SymmetricEigen;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;

/**
 * A PL game of as many samples as it has coordinates, with the same means as a larger one, so that
 * full batches cost a hundredth: with P = U diag(l) U' of either level p_j = sqrt(d l_j) u_j, with
 * R = c mean a b' a_j = (d / c) R e_j and b_j = e_j.
 */
final class MeanGame {
  private final Batch lower;
  private final Batch upper;

  MeanGame(CompatibleGame game, double c) {
    Problem problem = game.problem();
    int d = problem.upperDim();
    double[] zero = new double[d];
    double[] fx0 = new double[d];
    double[] fy0 = new double[d];
    problem.upperGradients(zero, zero, game.all(Level.UPPER), fx0, fy0);
    double[] gy0 = new double[d];
    problem.gradLowerY(zero, zero, game.all(Level.LOWER), gy0);
    double[] p = new double[d * d];
    double[] r1 = new double[d * d];
    for (int j = 0; j < d; j++) {
      double[] unit = new double[d];
      unit[j] = 1;
      column(problem, game, unit, zero, fx0, j, p);
      column(problem, game, zero, unit, fx0, j, r1);
    }
    double[] q = new double[d * d];
    double[] r2 = new double[d * d];
    problem.hessian(zero, zero, game.all(Level.LOWER), q);
    problem.cross(zero, zero, game.all(Level.LOWER), r2);
    upper = batch(problem, Level.UPPER, d, p, "p", r1, c);
    lower = batch(problem, Level.LOWER, d, q, "q", r2, c);
    for (int j = 0; j < d; j++) {
      // a row's fields may still be set after it is committed
      fill(upper, j, "s", fx0);
      fill(upper, j, "t", fy0);
      fill(lower, j, "e", gy0);
    }
  }

  private static void column(
      Problem problem,
      CompatibleGame game,
      double[] x,
      double[] y,
      double[] origin,
      int j,
      double[] out) {
    int d = origin.length;
    double[] fx = new double[d];
    problem.gradUpperX(x, y, game.all(Level.UPPER), fx);
    for (int i = 0; i < d; i++) {
      out[i * d + j] = fx[i] - origin[i];
    }
  }

  private static Batch batch(
      Problem problem, Level level, int d, double[] quadratic, String name, double[] r, double c) {
    SymmetricEigen eigen = new SymmetricEigen(d);
    if (!eigen.decompose(quadratic)) {
      throw new IllegalStateException("the quadratic of the game is not finite");
    }
    Batch batch = new Batch(problem.schema(level), d);
    for (int j = 0; j < d; j++) {
      batch.openRow();
      batch.commitRow();
      double scale = Math.sqrt(d * Math.max(0, eigen.values()[j]));
      double[] row = new double[d];
      double[] a = new double[d];
      double[] b = new double[d];
      b[j] = 1;
      for (int i = 0; i < d; i++) {
        row[i] = scale * eigen.vectors()[j][i];
        a[i] = d / c * r[i * d + j];
      }
      fill(batch, j, name, row);
      fill(batch, j, "a", a);
      fill(batch, j, "b", b);
    }
    return batch;
  }

  private static void fill(Batch batch, int row, String field, double[] values) {
    int column = batch.schema().column(field);
    System.arraycopy(values, 0, batch.column(column), row * values.length, values.length);
  }

  Batch all(Level level) {
    return level == Level.LOWER ? lower : upper;
  }
}
