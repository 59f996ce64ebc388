package io.thalweg.experiment;

import io.thalweg.linalg.Cholesky;
import io.thalweg.linalg.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The exact value function of logistic regression with one log-scaled L2 weight per feature:
 *
 * <pre>
 * y*(x) = argmin_y 1/n sum log(1 + e^(-c_i'y)) + 1/2 sum_j e^(x_j) y_j^2          training rows
 * F(x) = 1/m sum log(1 + e^(-c_i'y*))                                             validation rows
 * grad F(x) = -e^x o y* o v,   H v = grad of the validation loss at y*
 * </pre>
 *
 * with c_i = b_i a_i. The lower level is solved by Newton steps from the last solution; the Hessian
 * of the loss is kept for as long as the steps shrink fast with it. Not for concurrent use.
 */
final class RidgeTruth {
  private static final double TOLERANCE = 1e-13;
  private static final double NEAR = 1e-9;
  private static final double FAST = 0.1;
  private static final int MOST_STEPS = 200;
  private static final int MOST_HALVINGS = 40;

  private final int q;
  private final double[] train;
  private final double[] validation;
  private final int n;
  private final int m;

  private final double[] y;
  private final double[] tried;
  private final double[] penalty;
  private final double[] gradient;
  private final double[] step;
  private final double[] losses;
  private final double[] curvature;
  private final double[] slopes;
  private final double[] matrix;
  private final Cholesky cholesky;
  private boolean known;

  /**
   * A function over given rows.
   *
   * @param q features
   * @param train rows c_i of the lower level, one after the other; shared, not modified
   * @param validation rows of the upper level
   */
  RidgeTruth(int q, double[] train, double[] validation) {
    this.q = q;
    this.train = train;
    this.validation = validation;
    n = train.length / q;
    m = validation.length / q;
    y = new double[q];
    tried = new double[q];
    penalty = new double[q];
    gradient = new double[q];
    step = new double[q];
    losses = new double[q * q];
    curvature = new double[Math.max(n, m)];
    slopes = new double[Math.max(n, m)];
    matrix = new double[q * q];
    cholesky = new Cholesky(q);
  }

  /** F(x). */
  double value(double[] x) {
    solve(x);
    return loss(validation, m, y, null);
  }

  /** F(x), and its gradient. */
  double value(double[] x, double[] out) {
    solve(x);
    double[] fy = gradient;
    double f = loss(validation, m, y, fy);
    loss(train, n, y, step);
    hessian();
    factor();
    cholesky.solve(fy, step);
    for (int j = 0; j < q; j++) {
      out[j] = -penalty[j] * y[j] * step[j];
    }
    return f;
  }

  /** y*(x). */
  double[] solution(double[] x) {
    solve(x);
    return y.clone();
  }

  private void solve(double[] x) {
    for (int j = 0; j < q; j++) {
      penalty[j] = StrictMath.exp(x[j]);
    }
    double g = lower(y, gradient);
    double size = Kernels.norm2(gradient);
    double scale = Math.max(1, Kernels.norm2(penalty));
    for (int k = 0; k < MOST_STEPS && size > TOLERANCE * scale; k++) {
      boolean kept = known;
      if (!known) {
        hessian();
        known = true;
      }
      factor();
      cholesky.solve(gradient, step);
      double t = 1;
      double next = move(t);
      double along = Kernels.dot(gradient, step);
      for (int h = 0; h < MOST_HALVINGS && !(next <= g - 1e-4 * t * along + 1e-15); h++) {
        t /= 2;
        next = move(t);
      }
      Kernels.copy(tried, y);
      g = lower(y, gradient);
      double now = Kernels.norm2(gradient);
      boolean fresh = !kept;
      known = t == 1 && now <= FAST * size;
      if (fresh && size < NEAR * scale && !(now < 0.5 * size)) {
        return; // Newton steps no longer help: y is as good as rounding allows
      }
      size = now;
    }
  }

  private double move(double t) {
    Kernels.add(y, -t, step, tried);
    return lower(tried, null);
  }

  private double lower(double[] at, double @Nullable [] gradientOut) {
    double g = loss(train, n, at, gradientOut);
    double square = 0;
    for (int j = 0; j < q; j++) {
      square += penalty[j] * at[j] * at[j];
      if (gradientOut != null) {
        gradientOut[j] += penalty[j] * at[j];
      }
    }
    return g + 0.5 * square;
  }

  /** Mean loss of rows, with its gradient where asked for; then curvatures of the rows are kept. */
  private double loss(double[] rows, int count, double[] at, double @Nullable [] out) {
    Kernels.gemv(count, q, rows, at, slopes);
    double share = 1.0 / count;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double margin = slopes[i];
      double z = StrictMath.exp(-Math.abs(margin));
      sum += Math.max(0, -margin) + StrictMath.log1p(z);
      double s = (margin >= 0 ? z : 1) / (1 + z);
      slopes[i] = -share * s;
      if (rows == train) {
        curvature[i] = share * s * (1 - s);
      }
    }
    if (out != null) {
      Kernels.gemvTransposed(count, q, rows, slopes, out);
    }
    return share * sum;
  }

  /** H of the loss from the curvatures of the last training pass; rows in blocks of four. */
  private void hessian() {
    Arrays.fill(losses, 0);
    int i = 0;
    for (; i + 3 < n; i += 4) {
      for (int j = 0; j < q; j++) {
        double a = curvature[i] * train[i * q + j];
        double b = curvature[i + 1] * train[(i + 1) * q + j];
        double c = curvature[i + 2] * train[(i + 2) * q + j];
        double d = curvature[i + 3] * train[(i + 3) * q + j];
        int row = j * q;
        for (int k = 0; k <= j; k++) {
          losses[row + k] +=
              (a * train[i * q + k] + b * train[(i + 1) * q + k])
                  + (c * train[(i + 2) * q + k] + d * train[(i + 3) * q + k]);
        }
      }
    }
    for (; i < n; i++) {
      for (int j = 0; j < q; j++) {
        Kernels.axpy(j + 1, curvature[i] * train[i * q + j], train, i * q, losses, j * q);
      }
    }
  }

  private void factor() {
    System.arraycopy(losses, 0, matrix, 0, q * q);
    for (int j = 0; j < q; j++) {
      for (int k = 0; k < j; k++) {
        matrix[k * q + j] = matrix[j * q + k];
      }
      matrix[j * q + j] += penalty[j];
    }
    if (!cholesky.factor(matrix)) {
      throw new IllegalStateException("the Hessian of the lower level is not positive definite");
    }
  }
}
