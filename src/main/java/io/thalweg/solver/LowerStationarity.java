package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The lower level as the constraint h(x, y) = |gy|^2 &lt;= 0: evaluates f, its gradients, u = gy
 * and grad h = 2 (J u, H u) at one point. In a stream grad h is 2 E[(J, H)] E[gy], a product of two
 * means, and u on the batch that J and H are taken on would bias it: by default two lower batches
 * are drawn per step, the first for u, the second for the products; with {@code lower-batches: 1},
 * for exact data, one serves for both. Calls: fx, fy, gy, one Hv, one Jv.
 */
final class LowerStationarity {
  private static final String BATCHES = "lower-batches";
  private static final int MOST_BATCHES = 2;

  private final BilevelOracle oracle;
  private final Consumption consumption;
  private final RelaxedDirections directions;
  private final int measures;
  private final double[] u;
  private double h;
  private double slopeSquare;

  LowerStationarity(MethodContext context) {
    oracle = context.oracle();
    int batches = Keys.count(context.settings(), BATCHES, MOST_BATCHES);
    if (batches > MOST_BATCHES) {
      throw new SettingException(
          context.settings().pathOf(BATCHES), "must be 1 or 2, but was " + batches);
    }
    consumption = new Consumption(batches, 1);
    directions = new RelaxedDirections(oracle.upperDim(), oracle.lowerDim());
    measures = context.layout().slot("constraint", 2);
    u = new double[oracle.lowerDim()];
  }

  /** What the methods that look at the lower level this way ask of an oracle. */
  static Map<String, Set<Capability>> needs(Capability... others) {
    EnumSet<Capability> all = EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS);
    Collections.addAll(all, others);
    return Map.of("", Collections.unmodifiableSet(all));
  }

  /** The key of the batches. */
  static Parameter parameter() {
    return Parameter.integer(
        BATCHES,
        Range.closed(1, MOST_BATCHES),
        MOST_BATCHES,
        "lower batches per step: 2 takes gy and the second derivatives on different ones, without"
            + " bias in a stream; 1 is for exact data");
  }

  Consumption consumption() {
    return consumption;
  }

  /** The gradients of the last evaluation, and the directions they give. */
  RelaxedDirections directions() {
    return directions;
  }

  /**
   * Evaluates everything at a point.
   *
   * @param figures receives the losses
   * @return f
   */
  double evaluate(double[] x, double[] y, StepInput input, StepFigures figures) {
    Batch products = input.lower().get(consumption.lower() - 1);
    double f = oracle.upperGradients(x, y, input.upper().get(0), directions.fx, directions.fy);
    figures.losses(f, oracle.gradLowerY(x, y, input.lower().get(0), u));
    oracle.hvp(x, y, u, products, directions.hy);
    oracle.jvp(x, y, u, products, directions.hx);
    Kernels.scale(2, directions.hy);
    Kernels.scale(2, directions.hx);
    h = Kernels.dot(u, u);
    slopeSquare = directions.slopeSquare();
    return f;
  }

  /** h at another point, on the batch u was taken on: one gy. */
  double elsewhere(double[] x, double[] y, StepInput input) {
    oracle.gradLowerY(x, y, input.lower().get(0), u);
    return Kernels.dot(u, u);
  }

  /** h = |gy|^2 of the last evaluation. */
  double h() {
    return h;
  }

  /** |grad h|^2 of the last evaluation. */
  double slopeSquare() {
    return slopeSquare;
  }

  /** Notes h and |grad h|^2 in a state, which so shows it when they are not finite. */
  void note(State next) {
    next.slots[measures][0] = h;
    next.slots[measures][1] = slopeSquare;
  }

  /** h as noted. */
  double h(State state) {
    return state.slots[measures][0];
  }
}
