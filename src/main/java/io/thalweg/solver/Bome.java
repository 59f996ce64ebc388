package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * BOME: descends f along a direction that also closes the value gap of the lower level at a given
 * rate, by one multiplier for both levels.
 *
 * <p>A step asks the oracle T + 1 times for gy, twice for gx, once for fx, fy and g; g at y comes
 * with its gradient. It takes one batch of each level: the inner steps and the gap use the same
 * lower batch.
 *
 * <p>Liu et al., BOME! Bilevel optimization made easy, NeurIPS 2022.
 */
final class Bome implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "bome",
        "First-order method that keeps the lower level's value gap closing while it descends the"
            + " upper level",
        "Liu et al., NeurIPS 2022",
        Map.of(
            "", Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER))),
        List.of(
            Parameter.number("lr-x", Range.POSITIVE, BomeRecipe.STEP, "step of x"),
            Parameter.number("lr-y", Range.POSITIVE, BomeRecipe.STEP, "step of y"),
            Parameter.number(
                "lr-inner", Range.POSITIVE, BomeRecipe.STEP, "step of the inner iterations"),
            Parameter.integer("T", Keys.COUNT, BomeRecipe.T, "inner iterations per step"),
            Parameter.number(
                "eta",
                Range.POSITIVE,
                BomeRecipe.ETA,
                "rate at which the gap must close, a factor on phi"),
            Parameter.choice(
                "phi",
                BomeRecipe.PHIS,
                BomeRecipe.GRAD,
                "measure of the gap q: eta |grad q|^2, or eta q"),
            Parameter.number(
                "guard", Range.POSITIVE, BomeRecipe.GUARD, "added to |grad q|^2 where it divides")),
        "A quick deterministic baseline with gradients only; the accuracy of the inner iterations"
            + " sets a floor.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new BomeRecipe(context);
  }
}
