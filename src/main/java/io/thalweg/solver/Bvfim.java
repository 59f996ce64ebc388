package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * BVFIM: an interior-point method on the value of the lower level. Unlike {@link Bvfsm}, the
 * barrier is a true one, and y never leaves the region where the lower level's value is below that
 * of z plus a margin.
 *
 * <p>A step asks the oracle kz + ky times for gy, ky times for fy, twice for gx, once for fx, and
 * for g once at z, once per step of y and once more per halving. It takes one batch of each level,
 * used throughout.
 *
 * <p>Liu et al., A value-function-based interior-point method for non-convex bi-level optimization,
 * ICML 2021, reconstructed.
 */
final class Bvfim implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "bvfim",
        "Interior-point method on the lower level's value, for a nonconvex lower level",
        "Liu et al., ICML 2021; reconstructed",
        Map.of(
            "", Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER))),
        List.of(
            Parameter.number("lr-x", Range.POSITIVE, ValueFunctionRecipe.STEP, "step of x"),
            Parameter.number(
                "lr-y",
                Range.POSITIVE,
                ValueFunctionRecipe.STEP,
                "step of y, halved until it stays in the interior"),
            Parameter.number("lr-z", Range.POSITIVE, ValueFunctionRecipe.STEP, "step of z"),
            Parameter.integer(
                "kz",
                Keys.COUNT,
                ValueFunctionRecipe.KZ,
                "steps of z, which minimises g, per step"),
            Parameter.integer(
                "ky",
                Keys.COUNT,
                ValueFunctionRecipe.KY,
                "steps of y, which minimises f, per step"),
            Parameter.number(
                "decay",
                BvfimRecipe.DECAYS,
                BvfimRecipe.DECAY,
                "margin, ridge and barrier are decay^-t in move t, but at least 1e-8")),
        "A nonconvex lower level, small and deterministic, where y has to stay feasible.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new BvfimRecipe(context);
  }
}
