package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * F2SA: the hypergradient as a difference of two first-order terms. z follows argmin g(x, .), y
 * follows argmin f + lambda g, and lambda (gx(x, y) - gx(x, z)) tends to -J H^-1 fy as the penalty
 * lambda grows.
 *
 * <p>A step asks the oracle 2T times for gy, T times for fy, once for fx and twice for gx: 3T + 3
 * gradients. It takes 2T + 2 lower batches and T + 1 upper ones, a fresh one for every gradient;
 * within a level they come in the order of {@link F2saRecipe}.
 *
 * <p>Kwon et al., A fully first-order method for stochastic bilevel optimization, ICML 2023.
 */
final class F2sa implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "f2sa",
        "Fully first-order method: two lower variables, with and without the penalised upper level,"
            + " whose gradients differ by the hypergradient",
        "Kwon et al., ICML 2023; exponents reconstructed",
        Map.of("", Set.of(Capability.FIRST_ORDER)),
        List.of(
            Parameter.integer("T", Keys.COUNT, F2saRecipe.T, "steps of y and z per step of x"),
            Parameter.number(
                "alpha",
                Range.POSITIVE,
                F2saRecipe.ALPHA,
                "step of y: alpha / (1 + lambda) with linear growth, alpha (k + 1)^(-5/7) with"
                    + " paper; alpha lambda / (1 + lambda) times the largest eigenvalue of H at"
                    + " most 1"),
            Parameter.number(
                "gamma",
                Range.POSITIVE,
                F2saRecipe.GAMMA,
                "step of z: gamma with linear growth, gamma (k + 1)^(-4/7) with paper"),
            Parameter.number(
                "xi",
                Range.POSITIVE,
                F2saRecipe.XI,
                "step of x: xi alpha with linear growth, xi alpha (k + 1)^(-5/7) with paper"),
            Parameter.number("lambda0", Range.POSITIVE, F2saRecipe.LAMBDA0, "penalty of step 1"),
            Parameter.number(
                "delta",
                Range.POSITIVE,
                F2saRecipe.DELTA,
                "linear growth: what the penalty grows by per step"),
            Parameter.choice(
                "growth",
                F2saRecipe.GROWTHS,
                F2saRecipe.PAPER,
                "how the penalty grows: lambda0 + delta k, or lambda0 (k + 1)^(1/7)")),
        "Gradients only and modest accuracy: the bias is of order 1/lambda. With linear growth on"
            + " full batches, since the noise of x grows with lambda.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new F2saRecipe(context);
  }
}
