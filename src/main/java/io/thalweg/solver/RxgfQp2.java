package io.thalweg.solver;

/**
 * RXGF QP2: {@link RxgfQp1} with the level c = alpha |grad h| |gy|, which asks no regularity of gy,
 * and steps that fall faster with the number of steps planned.
 *
 * <p>To be started near lower stationarity, |gy| &lt; 1e-3, by gradient or Newton steps on y:
 * nothing in the method brings a start from far away there.
 *
 * <p>A step asks the oracle for fx, fy, gy, one Hv and one Jv.
 */
final class RxgfQp2 implements Method {
  private static final double CA = 1;
  private static final double CG = 5;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "rxgf-qp2",
        "Relaxed gradient flow: as rxgf-qp1, with |gy|^2 falling with its slope times |gy|",
        "arXiv 2504.17215 (mapping to its theorems reconstructed)",
        LowerStationarity.needs(),
        FlowSettings.parameters(CA, CG, "(-2/3)"),
        "As rxgf-qp1 where the gradient of the lower level is not regular; slower at large K."
            + FlowSettings.START);
  }

  @Override
  public String ownUpperStep() {
    return "whose direction of x belongs to that of y";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    FlowSettings settings = FlowSettings.of(context, CA, CG, -2.0 / 3);
    return new RelaxedFlow(
        context, ConstraintLevel.product(settings.alpha()), settings.gamma(), false, 0);
  }
}
