package io.thalweg.solver;

import io.thalweg.estimator.Estimator;

/**
 * The factors of one step of the averages of w, v and r, and the matrices they give for coordinates
 * without rows: (y, v) is multiplied by M and (z, r) by N.
 *
 * <pre>
 * y' = y - ly v        v' = keep v + fresh e' y' - back e y
 * z' = s (z - lz r)    r' = keep r + fresh e' z' - back e z
 * </pre>
 */
final class StepMatrices {
  double keepW;
  double freshW;
  double backW;
  private double keepV;
  double freshV;
  double backV;
  private double keepR;
  double freshR;
  double backR;
  private double ly;
  private double lz;
  private double s;

  /** Step 1: nothing moves, every direction is its own estimate. */
  void first() {
    keepW = 0;
    keepV = 0;
    keepR = 0;
    freshW = 1;
    freshV = 1;
    freshR = 1;
    backW = 0;
    backV = 0;
    backR = 0;
    ly = 0;
    lz = 0;
    s = 1;
  }

  /**
   * A later step.
   *
   * @param averaging estimator and scale
   * @param c weights of w, v and r
   * @param eta step size of everything
   * @param lambda step size of y
   * @param rho step size of z
   */
  void of(Averaging averaging, double[] c, double eta, double lambda, double rho) {
    Estimator estimator = averaging.estimator();
    double scale = averaging.scale(eta);
    double w = Estimator.weight(c[0], scale);
    keepW = estimator.keep(w);
    freshW = estimator.fresh(w);
    backW = estimator.back(w);
    double v = Estimator.weight(c[1], scale);
    keepV = estimator.keep(v);
    freshV = estimator.fresh(v);
    backV = estimator.back(v);
    double r = Estimator.weight(c[2], scale);
    keepR = estimator.keep(r);
    freshR = estimator.fresh(r);
    backR = estimator.back(r);
    ly = lambda * eta;
    lz = rho * eta;
    s = 1;
  }

  /** What r is multiplied with before it is taken from z. */
  double lz() {
    return lz;
  }

  /** Shrinks z after its move. */
  void shrink(double factor) {
    s = factor;
  }

  /** Writes M and N of a group whose penalty weight goes from e0 to e1. */
  void write(double e0, double e1, double[] out, int at) {
    out[at] = 1;
    out[at + 1] = -ly;
    out[at + 2] = freshV * e1 - backV * e0;
    out[at + 3] = keepV - freshV * e1 * ly;
    out[at + 4] = s;
    out[at + 5] = -s * lz;
    out[at + 6] = freshR * e1 * s - backR * e0;
    out[at + 7] = keepR - freshR * e1 * s * lz;
  }
}
