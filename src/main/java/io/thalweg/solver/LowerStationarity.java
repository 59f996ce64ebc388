package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.List;

/**
 * The lower level as the constraint h(x, y) = |gy|^2 &lt;= 0: evaluates f, its gradients, u = gy and
 * grad h = 2 (J u, H u) at one point. In a stream grad h is 2 E[(J, H)] E[gy], a product of two
 * means, so that u on the batch that J and H are taken on would be biased: by default two lower
 * batches are drawn per step, the first for u, the second for the products; with {@code
 * lower-batches: 1}, for exact data, one serves for both. Calls: fx, fy, gy, one Hv, one Jv.
 */
final class LowerStationarity {
  private static final String BATCHES = "lower-batches";
  private static final int DEFAULT_BATCHES = 2;

  private final BilevelOracle oracle;
  private final Consumption consumption;
  private final RelaxedDirections directions;
  private final int gy;
  private final int measure;

  LowerStationarity(MethodContext context) {
    oracle = context.oracle();
    consumption =
        new Consumption(context.settings().integer(BATCHES, DEFAULT_BATCHES), 1);
    if (consumption.lower() < 1 || consumption.lower() > DEFAULT_BATCHES) {
      throw new io.thalweg.settings.SettingException(
          context.settings().pathOf(BATCHES), "must be 1 or 2, but was " + consumption.lower());
    }
    int q = oracle.lowerDim();
    directions = new RelaxedDirections(oracle.upperDim(), q);
    gy = context.layout().slot("gy", q);
    measure = context.layout().slot("constraint", 2);
  }

  /** The key of the batches. */
  static Parameter parameter() {
    return Parameter.integer(
        BATCHES,
        Range.closed(1, DEFAULT_BATCHES),
        DEFAULT_BATCHES,
        "lower batches per step: 2 takes gy and the second derivatives on different ones, without"
            + " bias in a stream; 1 is for exact data");
  }

  Consumption consumption() {
    return consumption;
  }

  /** Of the last evaluation. */
  RelaxedDirections directions() {
    return directions;
  }

  /** The batch that u, and so h, is taken on. */
  Batch first(List<Batch> lower) {
    return lower.get(0);
  }

  /**
   * Gradients at a point; gy, h and |grad h| go to slots of {@code next}.
   *
   * @param figures receives the losses
   * @return f
   */
  double evaluate(double[] x, double[] y, StepInput input, State next, StepFigures figures) {
    Batch products = input.lower().get(consumption.lower() - 1);
    double[] u = next.slots[gy];
    double f =
        oracle.upperGradients(x, y, input.upper().get(0), directions.fx, directions.fy);
    figures.losses(f, oracle.gradLowerY(x, y, first(input.lower()), u));
    oracle.hvp(x, y, u, products, directions.hy);
    oracle.jvp(x, y, u, products, directions.hx);
    Kernels.scale(2, directions.hy);
    Kernels.scale(2, directions.hx);
    double[] held = next.slots[measure];
    held[0] = Kernels.dot(u, u);
    held[1] = Math.sqrt(directions.slopeSquare());
    return f;
  }

  /** h = |gy|^2 of the last evaluation. */
  double h(State next) {
    return next.slots[measure][0];
  }

  /** |grad h| of the last evaluation. */
  double slope(State next) {
    return next.slots[measure][1];
  }

  /** |gy|. */
  double residual(State state) {
    return Math.sqrt(h(state));
  }
}
