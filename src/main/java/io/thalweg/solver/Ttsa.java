package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * TTSA: one step on y and one on x on two time scales, with a randomly truncated inverse.
 *
 * <p>A step takes q + 2 lower batches and one upper batch, q uniform on {0 ... Q - 1}, and asks the
 * oracle for one gy, q Hv and one Jv, fy and fx.
 */
final class Ttsa implements Method {
  private static final double ALPHA = 0.1;
  private static final double BETA = 0.4;
  private static final double ETA = 0.3;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "ttsa",
        "Single loop on two time scales with a randomly truncated inverse",
        "arXiv 2007.05170 (Hong, Wai, Wang, Yang), TTSA",
        Needs.PRODUCTS,
        List.of(
            Parameter.number(
                "alpha", Range.POSITIVE, ALPHA, "step size of x, times (k + 1)^(-3/5)"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of y, times (k + 1)^(-2/5)"),
            SeriesSettings.terms(1, "number of truncations to draw from (Q)"),
            SeriesSettings.eta(ETA),
            SeriesSettings.bound()),
        "A baseline with a theory of its own; its hypergradient has heavy tails.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    int terms = SeriesSettings.terms(solver, 1);
    return new TtsaRecipe(
        context,
        solver.number("alpha", ALPHA, Range.POSITIVE),
        solver.number("beta", BETA, Range.POSITIVE),
        DrawnTerms.of(context, terms),
        new TruncatedInverse(
            context, SeriesSettings.eta(solver, ETA), terms, SeriesSettings.bound(solver)));
  }
}
