package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * MRBO: STORM estimates of gy and of a Neumann hypergradient, the same batches at both points.
 *
 * <p>A step takes Q + 2 lower batches and one upper batch and asks the oracle for 2 gy, 2 Q Hv, 2
 * Jv, 2 fy and 2 fx; the first move for half of that.
 */
final class Mrbo implements Method {
  private static final double ALPHA = 0.1;
  private static final double BETA = 0.3;
  private static final double ETA = 0.3;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "mrbo",
        "Single loop with variance-reduced (STORM) estimates of gy and of a Neumann hypergradient",
        "arXiv 2106.04692 (Yang, Ji, Liang, NeurIPS 2021), MRBO",
        Needs.PRODUCTS,
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "step size of x"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of y"),
            SeriesSettings.terms(0, "factors of the Neumann sum (Q), each on a batch of its own"),
            SeriesSettings.eta(ETA),
            StormSteps.m("m"),
            StormSteps.c("c", "m"),
            StormSteps.decay()),
        "Streams, when accuracy is worth Q + 2 lower batches a step, each evaluated at two points.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    return new DoubleMomentumRecipe(
        context,
        solver.number("alpha", ALPHA, Range.POSITIVE),
        solver.number("beta", BETA, Range.POSITIVE),
        StormSteps.of(solver, "m", "c"),
        InverseTerms.fixed(SeriesSettings.terms(solver, 0)),
        new NeumannInverse(context.oracle().lowerDim(), SeriesSettings.eta(solver, ETA)));
  }
}
