package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * GALET: alternates between the lower level, a shadow variable w that tends to -H^+ fy, and the
 * upper level. Its least-squares form of the linear system works where H is singular.
 *
 * <p>A step asks the oracle N times for gy, once for fx and fy, 2T - 1 times for H v (2T with
 * {@code warm}) and once for J v. It takes one batch of each level, used throughout.
 *
 * <p>Xiao, Lu, Chen, A generalized alternating method for bilevel learning under the PL condition,
 * NeurIPS 2023.
 */
final class Galet implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "galet",
        "Alternating method whose linear system is solved in the least-squares sense, so that the"
            + " lower Hessian may be singular",
        "Xiao, Lu, Chen, NeurIPS 2023; settings reconstructed",
        Map.of(
            "",
            Collections.unmodifiableSet(EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS))),
        List.of(
            Parameter.number("alpha", Range.POSITIVE, GaletRecipe.ALPHA, "step of x"),
            Parameter.number("beta", Range.POSITIVE, GaletRecipe.BETA, "step of y, at most 1 / Lg"),
            Parameter.number(
                "rho",
                Range.POSITIVE,
                GaletRecipe.RHO,
                "step of the shadow variable, at most 1 / Lg^2"),
            Parameter.integer("N", Keys.COUNT, GaletRecipe.N, "steps of y per step"),
            Parameter.integer(
                "T", Keys.COUNT, GaletRecipe.T, "steps of the shadow variable per step"),
            Parameter.of(
                "warm",
                Parameter.Kind.FLAG,
                false,
                "the shadow variable goes on from the step before instead of 0: no floor by its"
                    + " truncation, as long as the range of H stays the same")),
        "A singular lower Hessian on full batches; warm for accuracy.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new GaletRecipe(context);
  }
}
