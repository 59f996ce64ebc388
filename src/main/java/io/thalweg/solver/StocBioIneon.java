package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * StocBiO + iNEON: {@link StocBio} that tests on a large batch whether its hypergradient is small
 * and then looks for negative curvature there; see {@link StocBioIneonRecipe}.
 *
 * <p>With a large batch of B batches a step takes D + B + Q + 1 lower batches and B + 1 upper ones.
 * It asks the oracle for D gy on single batches and for D' gy, fx, fy, N Hv and one Jv on the large
 * pair; then, where it moves along the hypergradient, for fx, fy, Q Hv and one Jv on single ones;
 * in an episode for at most T + 1 times fx, fy, N Hv, one Jv and D' gy, at first 4 D', on the large
 * pair. Once it has stopped it takes D lower batches and one upper one for D gy and one value of f.
 */
final class StocBioIneon implements Method {
  static final double ETA = 0.1;
  static final double EPS = 0.05;
  static final double STEP = 0.3;
  private static final int BIG_BATCH = 32;
  static final double SERIES_STEP = 0.4;

  /** Q: a longer sum than that of the other methods. */
  static final int TERMS = 8;

  @Override
  public MethodInfo info() {
    List<Parameter> keys = new ArrayList<>();
    keys.add(Parameter.number("eta", Range.POSITIVE, ETA, "step size of x"));
    keys.addAll(DescentSettings.parameters());
    keys.add(
        SeriesSettings.terms(
            0, TERMS, "factors of the Neumann sum (Q), each on a batch of its own"));
    keys.add(
        Parameter.number(
            "eta-n", Range.POSITIVE, SERIES_STEP, "step of the Neumann sum, at most 1 / Lg"));
    keys.add(
        Parameter.number(
            "eps", Range.POSITIVE, EPS, "norm of the hypergradient that starts an episode"));
    keys.add(
        Parameter.number("step-nc", Range.POSITIVE, STEP, "step along negative curvature (s)"));
    keys.add(
        Parameter.integer(
            "big-batch",
            Keys.COUNT,
            BIG_BATCH,
            "batches that make the large batch of the test and of episodes"));
    keys.add(
        Parameter.tree(
            NegativeCurvature.KEY, NegativeCurvature.keys(), "the search for negative curvature"));
    return new MethodInfo(
        "stocbio-ineon",
        "stocBiO that looks for negative curvature where its hypergradient is small, and stops where"
            + " there is none",
        "arXiv 2202.03684 (only role and complexity; the procedure is reconstructed)",
        Needs.PRODUCTS,
        List.copyOf(keys),
        "Offline, to be certain that a saddle was left: an episode holds one large batch fixed.");
  }

  @Override
  public String ownEscape() {
    return "which leaves saddles by itself: see " + NegativeCurvature.KEY;
  }

  @Override
  public int joins(Settings solver) {
    return bigBatch(solver);
  }

  static int bigBatch(Settings solver) {
    return Keys.count(solver, "big-batch", BIG_BATCH);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new StocBioIneonRecipe(context);
  }
}
