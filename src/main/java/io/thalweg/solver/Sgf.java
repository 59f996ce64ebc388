package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.List;

/**
 * Safe gradient flow: {@link RxgfQp1} with the constraint relaxed to |gy| &lt;= eps and the level c
 * = alpha (h - eps^2), in Euler steps or by the classical Runge-Kutta rule. Within the constraint c
 * is negative, and |gy| may grow up to eps.
 *
 * <p>To be started near lower stationarity, |gy| &lt; 1e-3, by gradient or Newton steps on y:
 * nothing in the method brings a start from far away there.
 *
 * <p>A step asks the oracle for fx, fy, gy, one Hv and one Jv, with {@code rk4} four times.
 */
final class Sgf implements Method {
  private static final String EULER = "euler";
  private static final String RK4 = "rk4";
  private static final List<String> INTEGRATORS = List.of(EULER, RK4);
  private static final double ALPHA = 0.1;
  private static final double GAMMA = 0.02;
  static final double EPS = 0.1;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "sgf",
        "Safe gradient flow: both variables follow the upper gradient, corrected so that |gy| comes"
            + " to eps and stays below",
        "arXiv 2501.16520",
        LowerStationarity.needs(),
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "factor of the level"),
            Parameter.number("gamma", Range.POSITIVE, GAMMA, "step in time"),
            Parameter.number("eps", Range.POSITIVE, EPS, "what |gy| may be"),
            Parameter.choice(
                "integrator", INTEGRATORS, EULER, "euler, or the Runge-Kutta rule of order four"),
            LowerStationarity.parameter()),
        "Nonconvex lower levels that must stay nearly solved at all times." + FlowSettings.START);
  }

  @Override
  public String ownUpperStep() {
    return "whose direction of x belongs to that of y";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    double eps = context.settings().number("eps", EPS, Range.POSITIVE);
    double alpha = context.settings().number("alpha", ALPHA, Range.POSITIVE);
    return new RelaxedFlow(
        context,
        ConstraintLevel.relaxed(alpha, eps),
        context.settings().number("gamma", GAMMA, Range.POSITIVE),
        Keys.choice(context.settings(), "integrator", INTEGRATORS, EULER).equals(RK4),
        eps);
  }
}
