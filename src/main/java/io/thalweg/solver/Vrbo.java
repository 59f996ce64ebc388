package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * VRBO: SPIDER estimates of gy and of a Neumann hypergradient, refreshed from large batches, with
 * several steps on y for one on x.
 *
 * <p>A step asks the oracle for (m + 1) times 2 gy, 2 Q Hv, 2 Jv, 2 fy and 2 fx on small batches,
 * and every q steps for 1 gy, Q Hv, 1 Jv, 1 fy and 1 fx on large ones.
 */
final class Vrbo implements Method {
  private static final double ALPHA = 0.1;
  private static final double BETA = 0.3;
  private static final double ETA = 0.3;
  private static final int PERIOD = 5;
  private static final int INNER = 5;
  private static final int SMALL = 1;
  private static final int LARGE = 10;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "vrbo",
        "Double loop with SPIDER estimates of both directions, refreshed from large batches",
        "arXiv 2106.04692 (Yang, Ji, Liang, NeurIPS 2021), VRBO, reconstructed",
        Needs.PRODUCTS,
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "step size of x"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of y"),
            count("period", PERIOD, "steps from one large batch to the next (q)"),
            count("inner-steps", INNER, "steps on y for one on x (m)"),
            SeriesSettings.terms(0, "factors of the Neumann sum (Q), all on one batch"),
            SeriesSettings.eta(ETA),
            count("small-batch", SMALL, "batches of the job that make one small batch (S2)"),
            count("large-batch", LARGE, "batches of the job that make one large batch (S1)")),
        "Batch processing: large batches come at once every few steps, a poor fit for a stream.");
  }

  private static Parameter count(String key, int otherwise, String meaning) {
    return Parameter.integer(
        key, new Range(1, false, Double.POSITIVE_INFINITY, true), otherwise, meaning);
  }

  @Override
  public int joins(Settings solver) {
    return Math.max(
        Keys.count(solver, "small-batch", SMALL), Keys.count(solver, "large-batch", LARGE));
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    return new VrboRecipe(
        context,
        solver.number("alpha", ALPHA, Range.POSITIVE),
        solver.number("beta", BETA, Range.POSITIVE),
        new VrboRecipe.Counts(
            Keys.count(solver, "period", PERIOD),
            Keys.count(solver, "inner-steps", INNER),
            SeriesSettings.terms(solver, 0),
            Keys.count(solver, "small-batch", SMALL),
            Keys.count(solver, "large-batch", LARGE)),
        SeriesSettings.eta(solver, ETA));
  }
}
