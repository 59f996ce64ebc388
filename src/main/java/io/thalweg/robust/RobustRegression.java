package io.thalweg.robust;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.TopEigenpair;
import java.util.Arrays;

/**
 * Least squares on pairs (x_i, y_i) of which a share may be anything (Zhu, Jiao, Steinhardt, arXiv
 * 2005.14073, section 5). With S = sum q_i x_i x_i', whitened rows z = L^-1 x for S = L L', and the
 * weighted least squares fit with residuals r_i:
 *
 * <pre>
 * F1(q) = max over |u| = 1 of sum q_i (u'z_i)^4                          leverage
 * F2(q) = max over v of sum q_i r_i^2 (v'x_i)^2 / sum q_i (v'x_i)^2      noise
 * while F1 &gt; leverage:   s_i = (u'z_i)^4                 q_i (1 - s_i / B), renormalised
 * while F2 &gt; noise:      s_i = r_i^2 (v'x_i)^2           the same
 * </pre>
 *
 * <p>F1 is found by power iterations u &lt;- sum q_i (u'z_i)^3 z_i from every coordinate axis, F2
 * by an eigenvalue. Not thread-safe; meant for a set of rows at rest, not for every step: no job
 * and no experiment uses it, it is there for programs that have such rows.
 */
public final class RobustRegression {
  private static final int POWER_ROUNDS = 500;
  private static final double SETTLED = 1e-14;

  private final int d;
  private final double noise;
  private final double leverage;
  private final int maxRounds;
  private final TopEigenpair top = new TopEigenpair();
  private final double[] factor;
  private final double[] matrix;
  private final double[] fit;
  private final double[] direction;
  private final double[] image;
  private final double[] worst;
  private double[] q = new double[0];
  private double[] z = new double[0];
  private double[] residual = new double[0];
  private double[] scores = new double[0];
  private double f1;
  private double f2;
  private int rounds;

  /**
   * A regression of one width.
   *
   * @param d length of x, at least 1
   * @param noise largest F2 that is let through: a bound on the variance of the noise, not negative
   * @param leverage largest F1 that is let through, at least 1; infinity leaves that test out
   * @param maxRounds most rounds of both kinds together, at least 0
   */
  public RobustRegression(int d, double noise, double leverage, int maxRounds) {
    if (d < 1 || !(noise >= 0) || !(leverage >= 1) || maxRounds < 0) {
      throw new IllegalArgumentException(
          "a robust regression needs d >= 1, noise >= 0, leverage >= 1 and max-rounds >= 0, but"
              + " they were "
              + d
              + ", "
              + noise
              + ", "
              + leverage
              + " and "
              + maxRounds);
    }
    this.d = d;
    this.noise = noise;
    this.leverage = leverage;
    this.maxRounds = maxRounds;
    factor = new double[d * d];
    matrix = new double[d * d];
    fit = new double[d];
    direction = new double[d];
    image = new double[d];
    worst = new double[d];
  }

  /**
   * Fits the rows.
   *
   * @param x row-major, n x d, not modified
   * @param y length n, not modified
   * @param n rows, at least 1
   * @param theta receives the fit, length d
   * @return false when the rows that were left span no full space, or hold what is not finite;
   *     theta is not touched then
   */
  public boolean solve(double[] x, double[] y, int n, double[] theta) {
    begin(n);
    while (true) {
      if (!fit(x, y, n)) {
        return false;
      }
      boolean leveraged = leverage < Double.POSITIVE_INFINITY && leverage(n) > leverage;
      if (!leveraged) {
        noise(n);
      }
      if ((!leveraged && f2 <= noise) || rounds >= maxRounds || !reweigh(n)) {
        break;
      }
    }
    System.arraycopy(fit, 0, theta, 0, d);
    return true;
  }

  /** Equal weights. */
  void begin(int n) {
    if (q.length < n) {
      q = new double[n];
      z = new double[Math.multiplyExact(n, d)];
      residual = new double[n];
      scores = new double[n];
    }
    Arrays.fill(q, 0, n, 1.0 / n);
    rounds = 0;
    f1 = 0;
    f2 = 0;
  }

  /** Weighted least squares; whitened rows and residuals besides. */
  boolean fit(double[] x, double[] y, int n) {
    Arrays.fill(matrix, 0);
    Arrays.fill(fit, 0);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        Kernels.axpy(d, q[i] * x[i * d + j], x, i * d, matrix, j * d);
      }
      Kernels.axpy(d, q[i] * y[i], x, i * d, fit, 0);
    }
    if (!factorise()) {
      return false;
    }
    forward(fit, 0);
    backward(fit);
    if (!Kernels.allFinite(fit)) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      residual[i] = y[i] - Kernels.dot(d, x, i * d, fit, 0);
      System.arraycopy(x, i * d, z, i * d, d);
      forward(z, i * d);
    }
    return true;
  }

  /** F1 with its scores. */
  double leverage(int n) {
    f1 = 0;
    for (int axis = 0; axis < d; axis++) {
      Arrays.fill(direction, 0);
      direction[axis] = 1;
      double found = fourthMoment(n);
      for (int round = 0; round < POWER_ROUNDS; round++) {
        double size = Kernels.norm2(image);
        if (!(size > 0)) {
          break;
        }
        for (int j = 0; j < d; j++) {
          direction[j] = image[j] / size;
        }
        double last = found;
        found = fourthMoment(n);
        if (Math.abs(found - last) <= SETTLED * found) {
          break;
        }
      }
      if (found > f1) {
        f1 = found;
        System.arraycopy(direction, 0, worst, 0, d);
      }
    }
    for (int i = 0; i < n; i++) {
      double along = Kernels.dot(d, z, i * d, worst, 0);
      scores[i] = along * along * along * along;
    }
    return f1;
  }

  /** sum q (u'z)^4 at the direction; the image receives sum q (u'z)^3 z. */
  private double fourthMoment(int n) {
    Arrays.fill(image, 0);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double along = Kernels.dot(d, z, i * d, direction, 0);
      double cube = q[i] * along * along * along;
      sum += cube * along;
      Kernels.axpy(d, cube, z, i * d, image, 0);
    }
    return sum;
  }

  /** F2 with its scores: the top eigenpair of sum q r^2 z z'. */
  double noise(int n) {
    Arrays.fill(matrix, 0);
    for (int i = 0; i < n; i++) {
      double weight = q[i] * residual[i] * residual[i];
      for (int j = 0; j < d; j++) {
        Kernels.axpy(d, weight * z[i * d + j], z, i * d, matrix, j * d);
      }
    }
    f2 = top.solve(d, matrix) ? top.value() : Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      double s = residual[i] * Kernels.dot(d, z, i * d, top.vector(), 0);
      scores[i] = s * s;
    }
    return f2;
  }

  /** One round; false when nothing stands out. */
  boolean reweigh(int n) {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      if (q[i] > 0) {
        largest = Math.max(largest, scores[i]);
      }
    }
    if (!(largest > 0 && largest <= Double.MAX_VALUE)) {
      return false;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      q[i] *= Math.max(0, 1 - scores[i] / largest);
      sum += q[i];
    }
    for (int i = 0; i < n; i++) {
      q[i] /= sum;
    }
    rounds++;
    return true;
  }

  /** L with L L' = matrix, row-major in the lower half; false when it is not positive definite. */
  private boolean factorise() {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i * d + j] - Kernels.dot(j, factor, i * d, factor, j * d);
        if (i > j) {
          factor[i * d + j] = rest / factor[j * d + j];
        } else if (rest > SETTLED * matrix[i * d + i]) {
          factor[i * d + i] = Math.sqrt(rest);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  /** v = L^-1 v for the range of length d from the given place on. */
  private void forward(double[] v, int from) {
    for (int i = 0; i < d; i++) {
      double rest = v[from + i] - Kernels.dot(i, factor, i * d, v, from);
      v[from + i] = rest / factor[i * d + i];
    }
  }

  /** v = L'^-1 v. */
  private void backward(double[] v) {
    for (int i = d - 1; i >= 0; i--) {
      double rest = v[i];
      for (int j = i + 1; j < d; j++) {
        rest -= factor[j * d + i] * v[j];
      }
      v[i] = rest / factor[i * d + i];
    }
  }

  /**
   * The weights of the last fit.
   *
   * @return the live array, the first n entries in use
   */
  public double[] weights() {
    return q;
  }

  /**
   * F1 of the last fit.
   *
   * @return largest fourth moment of the whitened rows; 0 where it was not looked at
   */
  public double leverage() {
    return f1;
  }

  /**
   * F2 of the last fit.
   *
   * @return largest ratio of the noise
   */
  public double noise() {
    return f2;
  }

  /**
   * Rounds the last fit took.
   *
   * @return of both kinds together
   */
  public int rounds() {
    return rounds;
  }

  /** The scores of the last look. */
  double[] scores() {
    return scores;
  }
}
