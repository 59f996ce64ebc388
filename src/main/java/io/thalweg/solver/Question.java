package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;

/** A question of {@link BilevelOracle} as an object, for whoever treats them all alike. */
interface Question {
  Question UPPER_VALUE = (o, x, y, v, xi, out) -> o.upperValue(x, y, xi);

  Question LOWER_VALUE = (o, x, y, v, zeta, out) -> o.lowerValue(x, y, zeta);

  /** fx, then fy. */
  Question UPPER_GRADIENTS = (o, x, y, v, xi, out) -> o.upperGradients(x, y, xi, out[0], out[1]);

  Question GRAD_UPPER_X = valueless((o, x, y, v, xi, out) -> o.gradUpperX(x, y, xi, out));

  Question GRAD_UPPER_Y = (o, x, y, v, xi, out) -> o.gradUpperY(x, y, xi, out[0]);

  Question GRAD_LOWER_X = valueless((o, x, y, v, zeta, out) -> o.gradLowerX(x, y, zeta, out));

  Question GRAD_LOWER_Y = (o, x, y, v, zeta, out) -> o.gradLowerY(x, y, zeta, out[0]);

  Question HVP = valueless((o, x, y, v, zeta, out) -> o.hvp(x, y, v, zeta, out));

  Question JVP = valueless((o, x, y, v, zeta, out) -> o.jvp(x, y, v, zeta, out));

  /** gy, then Hv, then Jv. */
  Question LOWER_PRODUCTS =
      (o, x, y, v, zeta, out) -> o.lowerProducts(x, y, v, zeta, out[0], out[1], out[2]);

  Question HESSIAN = valueless((o, x, y, v, zeta, out) -> o.hessian(x, y, zeta, out));

  Question CROSS = valueless((o, x, y, v, zeta, out) -> o.cross(x, y, zeta, out));

  /**
   * Asks it.
   *
   * @param v the direction, where the question has one
   * @param out receives the arrays of the answer
   * @return the value, 0 where the answer has none
   */
  double of(BilevelOracle oracle, double[] x, double[] y, double[] v, Batch batch, double[][] out);

  /** One whose answer is one array alone. */
  interface Valueless {
    void of(BilevelOracle oracle, double[] x, double[] y, double[] v, Batch batch, double[] out);
  }

  private static Question valueless(Valueless question) {
    return (oracle, x, y, v, batch, out) -> {
      question.of(oracle, x, y, v, batch, out[0]);
      return 0;
    };
  }
}
