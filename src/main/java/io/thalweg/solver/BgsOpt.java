package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * BGS-Opt: follows the solution of the lower level that the gradient flow selects, by unrolling N
 * lower steps and correcting for what they leave out with an implicit part.
 *
 * <p>A step asks the oracle N times for gy, once for fx and fy, 2M + N + 1 times for H v and N + 1
 * times for J v. It takes one batch of each level, used throughout. The N lower iterates are kept
 * during the step only.
 *
 * <p>Arbel, Mairal, Non-convex bilevel games with critical point selection maps, NeurIPS 2022,
 * reconstructed.
 */
final class BgsOpt implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "bgs-opt",
        "Unrolled lower steps with an implicit correction, for a lower level with several minima",
        "Arbel, Mairal, NeurIPS 2022; reconstructed",
        Map.of(
            "",
            Collections.unmodifiableSet(EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS))),
        List.of(
            Parameter.number("alpha", Range.POSITIVE, BgsOptRecipe.ALPHA, "step of x"),
            Parameter.number(
                "beta", Range.POSITIVE, BgsOptRecipe.BETA, "step of y, at most 1 / Lg"),
            Parameter.number(
                "rho",
                Range.POSITIVE,
                BgsOptRecipe.RHO,
                "step of the linear variable, at most 1 / (Lg^2 + delta)"),
            Parameter.number(
                "delta",
                Range.NON_NEGATIVE,
                BgsOptRecipe.DELTA,
                "ridge of the linear variable, for a singular H"),
            Parameter.integer("N", Keys.COUNT, BgsOptRecipe.N, "steps of y per step, unrolled"),
            Parameter.integer(
                "M",
                Range.NON_NEGATIVE,
                BgsOptRecipe.M,
                "steps of the linear variable per step; 0 leaves plain unrolling")),
        "A lower level with several minima on full batches: the gradient belongs to the minimum"
            + " that is followed.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new BgsOptRecipe(context);
  }
}
