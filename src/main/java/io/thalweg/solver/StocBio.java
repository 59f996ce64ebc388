package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * stocBiO: several steps on y, then one on x along a hypergradient by a Neumann sum with a fresh
 * batch in every factor. On full batches it is approximate implicit differentiation.
 *
 * <p>A step takes D + Q + 1 lower batches and one upper batch and asks the oracle for D gy, Q Hv
 * and one Jv, fy and fx.
 */
final class StocBio implements Method {
  private static final double ALPHA = 0.2;
  private static final double BETA = 0.1;
  private static final double ETA = 0.5;
  private static final int INNER = 5;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "stocbio",
        "Double loop: D steps on y, then one step on x along a Neumann hypergradient",
        "arXiv 2010.07962 (Ji, Yang, Liang, ICML 2021), stocBiO",
        Needs.PRODUCTS,
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "step size of y"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of x"),
            Parameter.integer(
                "inner-steps",
                new Range(1, false, Double.POSITIVE_INFINITY, true),
                INNER,
                "steps on y for one on x (D), each on a batch of its own"),
            SeriesSettings.terms(0, "factors of the Neumann sum (Q), each on a batch of its own"),
            SeriesSettings.eta(ETA)),
        "The reference double loop; takes D + Q + 1 lower batches for one upper batch.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    return new StocBioRecipe(
        context,
        solver.number("alpha", ALPHA, Range.POSITIVE),
        solver.number("beta", BETA, Range.POSITIVE),
        Keys.count(solver, "inner-steps", INNER),
        SeriesSettings.terms(solver, 0),
        SeriesSettings.eta(solver, ETA));
  }
}
