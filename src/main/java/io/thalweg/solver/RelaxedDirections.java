package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import java.util.Arrays;

/**
 * Directions d of z = (x, y) that descend on f and respect a linear or quadratic model of h =
 * |gy|^2 (arXiv 2504.17215, 2501.16520, 2505.14647). With grad f = (fx, fy) and grad h = (hx, hy):
 *
 * <pre>
 * qp     min |d + grad f|^2  with  grad h'd + c &lt;= 0:
 *        d = -grad f - l grad h,  l = max(0, c - grad f'grad h) / |grad h|^2,  0 where grad h is
 * qcqp   min |d + grad f|^2  with  grad h'd + w |d|^2 &lt;= c:
 *        d = the projection of -grad f on the ball around m = -grad h / 2w of radius R,
 *        R^2 = |grad h|^2 / 4w^2 + c / w
 * </pre>
 *
 * The gradients are written by whoever evaluates them; all arrays have length p or q.
 */
final class RelaxedDirections {
  final double[] fx;
  final double[] fy;
  final double[] hx;
  final double[] hy;

  RelaxedDirections(int p, int q) {
    fx = new double[p];
    fy = new double[q];
    hx = new double[p];
    hy = new double[q];
  }

  /** |grad h|^2. */
  double slopeSquare() {
    return Kernels.dot(hx, hx) + Kernels.dot(hy, hy);
  }

  /** grad f'd. */
  double along(double[] dx, double[] dy) {
    return Kernels.dot(fx, dx) + Kernels.dot(fy, dy);
  }

  /**
   * The direction under the linear model.
   *
   * @param c level
   * @param dx receives the part of x
   * @param dy receives the part of y
   * @return the multiplier l, which has no bound where grad h goes to 0
   */
  double qp(double c, double[] dx, double[] dy) {
    double square = slopeSquare();
    double multiplier = square == 0 ? 0 : Math.max(0, c - along(hx, hy)) / square;
    combine(multiplier, fx, hx, dx);
    combine(multiplier, fy, hy, dy);
    return multiplier;
  }

  private static void combine(double multiplier, double[] f, double[] h, double[] d) {
    for (int i = 0; i < d.length; i++) {
      d[i] = -f[i] - multiplier * h[i];
    }
  }

  /**
   * The direction under the quadratic model.
   *
   * @param c level, negative to make h fall
   * @param w curvature of the model, positive
   * @return false where no d satisfies the model; d is not written then. Gradients too long to be
   *     measured give a d of NaN
   */
  boolean qcqp(double c, double w, double[] dx, double[] dy) {
    double square = slopeSquare() / (4 * w * w) + c / w;
    if (square < 0) {
      return false;
    }
    double far = 0;
    for (int i = 0; i < dx.length; i++) {
      double away = -fx[i] + hx[i] / (2 * w);
      far += away * away;
    }
    for (int i = 0; i < dy.length; i++) {
      double away = -fy[i] + hy[i] / (2 * w);
      far += away * away;
    }
    double radius = Math.sqrt(square);
    double distance = Math.sqrt(far);
    if (!Double.isFinite(radius) || !Double.isFinite(distance)) {
      Arrays.fill(dx, Double.NaN);
      Arrays.fill(dy, Double.NaN);
    } else {
      double shrink = distance > radius ? radius / distance : 1;
      project(shrink, w, fx, hx, dx);
      project(shrink, w, fy, hy, dy);
    }
    return true;
  }

  private static void project(double shrink, double w, double[] f, double[] h, double[] d) {
    for (int i = 0; i < d.length; i++) {
      double centre = -h[i] / (2 * w);
      d[i] = shrink == 1 ? -f[i] : centre + shrink * (-f[i] - centre);
    }
  }
}
