package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * BVFSM: a sequence of regularised problems in which a log barrier on the lower level's value acts
 * as a weak penalty; the variant whose barrier weight is a constant of the step.
 *
 * <p>A step asks the oracle kz + ky times for gy, ky times for fy, twice for gx, once for fx, and
 * twice for g, once of these to report the gap. It takes one batch of each level, used throughout.
 *
 * <p>Liu et al., Value-function-based sequential minimization for bi-level optimization, the
 * log-barrier variant as released; the released code moves x with Adam, here it takes plain
 * gradient steps.
 */
final class Bvfsm implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "bvfsm",
        "Sequence of regularised problems with a barrier on the lower level's value, for a"
            + " nonconvex lower level",
        "Liu et al., BVFSM, log-barrier variant as released",
        Map.of(
            "", Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER))),
        List.of(
            Parameter.number("lr-x", Range.POSITIVE, ValueFunctionRecipe.STEP, "step of x"),
            Parameter.number("lr-y", Range.POSITIVE, ValueFunctionRecipe.STEP, "step of y"),
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
                "mu2",
                Range.NON_NEGATIVE,
                BvfsmRecipe.RIDGE,
                "weight of the ridge on z, times 1 / ln(1.1 t)"),
            Parameter.number(
                "theta2",
                Range.NON_NEGATIVE,
                BvfsmRecipe.RIDGE,
                "weight of the ridge on y, times 1 / ln(1.1 t)"),
            Parameter.number(
                "sigma",
                Range.POSITIVE,
                BvfsmRecipe.SIGMA,
                "weight of the barrier, times 1 / ln(1.1 t)"),
            new Parameter(
                "offset",
                Parameter.Kind.NUMBER,
                Range.POSITIVE,
                List.of(),
                null,
                false,
                "added to the lower level's value in the barrier; dy + 1e-8 when absent")),
        "A nonconvex lower level, small and deterministic, with an upper level that is bounded"
            + " below in y; it diverges on one that is not.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new BvfsmRecipe(context);
  }
}
