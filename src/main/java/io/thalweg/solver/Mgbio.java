package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Settings;
import java.util.Set;

/**
 * MGBiO: directions of one full batch, projected; a convex combination as the step.
 *
 * <p>A step asks the oracle once for fx, fy and gy, and with {@code dense} for J and H, with {@code
 * lanczos} for at most k Hv and one Jv, with {@code linear-system} for one Hv and one Jv.
 */
final class Mgbio implements Method {
  private static final Schedule ETA = new Schedule(Schedule.Kind.CONSTANT, 0.5, 0, 0, 0);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "mgbio",
        "Projected gradient step on both levels with every direction recomputed on the current full batch",
        "arXiv 2303.03944, Algorithm 1",
        Hypergradients.needs(),
        MomentumRecipe.parameters(ETA, false),
        "Full batches of exact data: every step recomputes the directions on the batch it is given.");
  }

  @Override
  public Set<Capability> needs(Settings solver) {
    return Hypergradients.needs(solver);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return MomentumRecipe.of(context, Averaging.PLAIN, ETA);
  }

  @Override
  public Solver solver(MethodContext context, double[] x1, double[] y1) {
    return MomentumRecipe.solver(context, Averaging.PLAIN, ETA, x1, y1);
  }
}
