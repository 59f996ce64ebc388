package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * SOBA for stiff penalties: the quadratic penalty of the lower level is taken implicitly, so that
 * rho is bounded by the Hessian of the data alone however large the penalty weights grow, and the
 * step of x is a mean of hypergradients, each coordinate divided by the root of its mean square.
 *
 * <p>A step asks the oracle once for gy, Hv, Jv, fy and fx.
 */
final class ImplicitSoba implements Method {
  private static final double RHO = 0.2;
  private static final double GAMMA = 0.1;
  private static final double DECAY = 0.5;
  private static final double BETA = 0.1;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "implicit-soba",
        "Single loop with the lower penalty taken implicitly and normalised steps on x",
        "SOBA (arXiv 2201.13409) with a proximal lower step and an RMS-normalised upper step, of"
            + " this project",
        Needs.PRODUCTS,
        List.of(
            Parameter.number(
                "rho",
                Range.POSITIVE,
                RHO,
                "step size of y and v; up to 2 / (largest eigenvalue of H without the penalty)"),
            Parameter.number(
                "gamma", Range.POSITIVE, GAMMA, "step size of x: how far a coordinate may move"),
            JointSteps.decay(DECAY),
            Parameter.number(
                "beta", Range.UNIT, BETA, "weight of the fresh hypergradient in the mean d"),
            Parameter.number(
                "rms",
                RmsScale.DECAYS,
                RmsScale.DEFAULT_DECAY,
                "weight of the past in the mean square q that steps of x are divided by")),
        "Tuned penalty weights, above all on a log scale and within a box: regularisation of"
            + " logistic, softmax and ridge regression.");
  }

  @Override
  public String ownUpperStep() {
    return "which divides by roots of mean squares anyway (rms)";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    return new ImplicitSobaRecipe(
        context,
        JointSteps.of(solver, RHO, GAMMA, DECAY),
        solver.number("beta", BETA, Range.UNIT),
        solver.number("rms", RmsScale.DEFAULT_DECAY, RmsScale.DECAYS));
  }
}
