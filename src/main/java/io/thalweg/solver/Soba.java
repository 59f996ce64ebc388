package io.thalweg.solver;

import java.util.List;

/**
 * SOBA: one stochastic gradient step on y, on the linear system H v = fy and on x, all from the
 * values of the step before.
 *
 * <p>A step asks the oracle once for gy, Hv, Jv, fy and fx.
 */
final class Soba implements Method {
  private static final double RHO = 0.2;
  private static final double GAMMA = 0.1;
  private static final double DECAY = 0.5;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "soba",
        "Single loop: plain stochastic steps on y, on the linear system of the hypergradient and on"
            + " x together",
        "arXiv 2201.13409 (Dagréou et al., NeurIPS 2022), SOBA",
        Needs.PRODUCTS,
        List.of(JointSteps.rho(RHO), JointSteps.gamma(GAMMA), JointSteps.decay(DECAY)),
        "Streams: the simplest baseline when products exist and the lower variable is long.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new SobaRecipe(context, JointSteps.of(context.settings(), RHO, GAMMA, DECAY));
  }
}
