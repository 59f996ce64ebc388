package io.thalweg.solver;

/**
 * RXGF QP1: relaxed gradient flow with h = |gy|^2 asked to fall in proportion to |grad h|^2. One
 * step:
 *
 * <pre>
 * u = gy,  grad h = 2 (J u, H u),  c = alpha |grad h|^2
 * l = max(0, c - grad f'grad h) / |grad h|^2, 0 where grad h is
 * (x, y) becomes (x, y) + gamma (-grad f - l grad h)
 * </pre>
 *
 * <p>To be started near lower stationarity, |gy| &lt; 1e-3, by gradient or Newton steps on y:
 * nothing in the method brings a start from far away there.
 *
 * <p>A step asks the oracle for fx, fy, gy, one Hv and one Jv.
 */
final class RxgfQp1 implements Method {
  private static final double CA = 1;
  private static final double CG = 0.5;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "rxgf-qp1",
        "Relaxed gradient flow: both variables follow the upper gradient, corrected by a quadratic"
            + " program so that |gy|^2 falls with the square of its slope",
        "arXiv 2504.17215 (mapping to its theorems reconstructed)",
        LowerStationarity.needs(),
        FlowSettings.parameters(CA, CG, "(-1/3)"),
        "Nonconvex lower levels with regular gradients; cheap steps without inner loop or inverse."
            + FlowSettings.START);
  }

  @Override
  public String ownUpperStep() {
    return "whose direction of x belongs to that of y";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    FlowSettings settings = FlowSettings.of(context, CA, CG, -1.0 / 3);
    return new RelaxedFlow(
        context, ConstraintLevel.slope(settings.alpha()), settings.gamma(), false, 0);
  }
}
