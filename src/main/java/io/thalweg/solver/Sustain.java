package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * SUSTAIN: as {@link Mrbo} with a randomly truncated inverse, one number of factors for both
 * points.
 *
 * <p>A step takes q + 2 lower batches and one upper batch, q uniform on {0 ... Q - 1}, and asks the
 * oracle for 2 gy, 2 q Hv, 2 Jv, 2 fy and 2 fx; the first move for half of that.
 */
final class Sustain implements Method {
  private static final double ALPHA = 0.1;
  private static final double BETA = 0.3;
  private static final double ETA = 0.3;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "sustain",
        "Single loop with variance-reduced (STORM) estimates of gy and of a hypergradient with a"
            + " randomly truncated inverse",
        "arXiv 2102.07367 (Khanduri et al., NeurIPS 2021), reconstructed: steps and weights are"
            + " those of MRBO",
        Needs.PRODUCTS,
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "step size of x"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of y"),
            SeriesSettings.terms(1, "number of truncations to draw from (Q)"),
            SeriesSettings.eta(ETA),
            SeriesSettings.bound(),
            StormSteps.m("m"),
            StormSteps.c("c", "m"),
            StormSteps.decay()),
        "As mrbo at half the products, with heavier tails.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    int terms = SeriesSettings.terms(solver, 1);
    return new DoubleMomentumRecipe(
        context,
        solver.number("alpha", ALPHA, Range.POSITIVE),
        solver.number("beta", BETA, Range.POSITIVE),
        StormSteps.of(solver, "m", "c"),
        DrawnTerms.of(context, terms),
        new TruncatedInverse(
            context, SeriesSettings.eta(solver, ETA), terms, SeriesSettings.bound(solver)));
  }
}
