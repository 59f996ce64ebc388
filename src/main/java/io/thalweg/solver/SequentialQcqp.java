package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.List;

/**
 * Sequential QCQP: the constraint |gy| &lt;= eps by a quadratic model, and steps by line search;
 * see {@link SequentialQcqpRecipe}.
 *
 * <p>To be started near lower stationarity, |gy| &lt; 1e-3, by gradient or Newton steps on y:
 * nothing in the method brings a start from far away there.
 *
 * <p>A step asks the oracle for fx, fy, gy, one Hv and one Jv. A line search adds one gy for every
 * step it tries, of which there are two kinds: until |gy| is within its share, then one value of f
 * for every step until f falls.
 */
final class SequentialQcqp implements Method {
  static final double ALPHA = 0.1;
  static final double W = 0.01;
  static final double FIRST_STEP = 1;
  static final double CONSTANT_STEP = 0.1;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "sequential-qcqp",
        "Descent on both variables within a ball that models |gy| at most eps, by line search",
        "arXiv 2505.14647",
        LowerStationarity.needs(Capability.VALUE),
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "factor of the level"),
            Parameter.number("eps", Range.POSITIVE, Sgf.EPS, "what |gy| may be"),
            Parameter.number("w", Range.POSITIVE, W, "curvature of the model of |gy|^2"),
            Parameter.number("t0", Range.POSITIVE, FIRST_STEP, "first step a line search tries"),
            Parameter.number(
                "const",
                Range.POSITIVE,
                CONSTANT_STEP,
                "step where there is no search: on the boundary, or where the model has no point"),
            LowerStationarity.parameter()),
        "Exact data and values: every step is checked before it is taken." + FlowSettings.START);
  }

  @Override
  public String ownUpperStep() {
    return "whose direction of x belongs to that of y";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new SequentialQcqpRecipe(context);
  }
}
