package io.thalweg.problem;

import java.util.Arrays;

/**
 * The penalty 1/2 sum_i e_i y_i^2 over the leading entries of a lower variable, entry i having the
 * weight e_i of the upper coordinate k(i) it belongs to:
 *
 * <pre>
 * e = exp(x_k) or x_k, e' = exp(x_k) or 1     gradient e o y     Hessian diag(e)
 * gx_k = 1/2 sum_{i in k} e'_k y_i^2          (Jv)_k = sum_{i in k} e'_k y_i v_i
 * </pre>
 *
 * Entries behind the penalised ones, the bias, count nothing. The point is taken up by {@link #at}
 * before anything is asked for.
 */
final class L2Penalty {
  private final PenaltySettings settings;
  private final int[] groupOf;

  /** Number of penalised entries. */
  private final int n;

  /** Length of the lower variable. */
  private final int q;

  /** True when every entry has a coordinate of its own, its number. */
  private final boolean own;

  private final PenaltyWeights weights;

  /** Penalty weight of every upper coordinate at the point of the call under way. */
  private double[] weight;

  L2Penalty(PenaltySettings settings, int q) {
    this.settings = settings;
    groupOf = settings.groupOf();
    n = groupOf.length;
    this.q = q;
    own = settings.ownWeights();
    weights = new PenaltyWeights(settings.log(), settings.count());
    weight = new double[settings.count()];
  }

  /** Takes up the weights of an upper variable. */
  void at(double[] x) {
    weight = weights.at(x);
  }

  /** Number of upper coordinates. */
  int count() {
    return settings.count();
  }

  PenaltySettings settings() {
    return settings;
  }

  /** 1/2 sum_i e_i y_i^2. */
  double value(double[] y) {
    double sum = 0;
    if (weight.length == 1) {
      sum = weight[0] * Rows.dot(y, 0, y, n);
    } else if (own) {
      sum = Rows.dotOfSquares(weight, y, n);
    } else {
      for (int i = 0; i < n; i++) {
        sum += weight[groupOf[i]] * y[i] * y[i];
      }
    }
    return 0.5 * sum;
  }

  /** out = e o v, with 0 behind the penalised entries. */
  void apply(double[] v, double[] out) {
    if (weight.length == 1) {
      double e = weight[0];
      for (int i = 0; i < n; i++) {
        out[i] = e * v[i];
      }
    } else if (own) {
      for (int i = 0; i < n; i++) {
        out[i] = weight[i] * v[i];
      }
    } else {
      for (int i = 0; i < n; i++) {
        out[i] = weight[groupOf[i]] * v[i];
      }
    }
    Arrays.fill(out, n, q, 0);
  }

  /** jv_k = sum over the entries i of k of e'_k y_i v_i. */
  void couple(double[] y, double[] v, double[] jv) {
    if (weight.length == 1) {
      jv[0] = slope(0) * Rows.dot(y, 0, v, n);
    } else if (own) {
      if (settings.log()) {
        for (int i = 0; i < n; i++) {
          jv[i] = weight[i] * y[i] * v[i];
        }
      } else {
        for (int i = 0; i < n; i++) {
          jv[i] = y[i] * v[i];
        }
      }
    } else {
      Arrays.fill(jv, 0, weight.length, 0);
      for (int i = 0; i < n; i++) {
        jv[groupOf[i]] += y[i] * v[i];
      }
      for (int k = 0; k < weight.length; k++) {
        jv[k] *= slope(k);
      }
    }
  }

  /** out = e, with 0 behind the penalised entries. */
  void entries(double[] out) {
    for (int i = 0; i < n; i++) {
      out[i] = weight[groupOf[i]];
    }
    Arrays.fill(out, n, q, 0);
  }

  /** The Hessian diag(e) as a row-major q x q matrix, overwritten. */
  void matrix(double[] h) {
    Arrays.fill(h, 0, q * q, 0);
    for (int i = 0; i < n; i++) {
      h[i * q + i] = weight[groupOf[i]];
    }
  }

  /** The cross derivative as a row-major matrix with q columns, overwritten. */
  void cross(double[] y, double[] j) {
    Arrays.fill(j, 0, weight.length * q, 0);
    for (int i = 0; i < n; i++) {
      int k = groupOf[i];
      j[k * q + i] = slope(k) * y[i];
    }
  }

  /** The derivative of a penalty weight in its own coordinate. */
  private double slope(int k) {
    return settings.log() ? weight[k] : 1;
  }
}
