package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Settings;
import java.util.Set;

/**
 * VR-MSGBiO: STORM estimates of the directions, weight c eta^2, eta as 1 / cbrt(t).
 *
 * <p>A step after the first asks the oracle twice, at the new and at the old point on the same
 * batches, for fx, fy and gy, and with {@code dense} for J and H, with {@code lanczos} for at most
 * k Hv and one Jv, with {@code linear-system} for one Hv and one Jv. The first step asks once.
 */
final class VrMsgbio implements Method {
  private static final Schedule ETA = new Schedule(Schedule.Kind.CBRT, 1, 8, 0, 0);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "vr-msgbio",
        "Single loop with variance-reduced (STORM) estimates of all directions, two evaluations per sample",
        "arXiv 2303.03944, Algorithm 3",
        Hypergradients.needs(),
        MomentumRecipe.parameters(ETA, true),
        "Streams, when accuracy is worth evaluating every sample at two points.");
  }

  @Override
  public Set<Capability> needs(Settings solver) {
    return Hypergradients.needs(solver);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return MomentumRecipe.of(context, Averaging.STORM, ETA);
  }

  @Override
  public Solver solver(MethodContext context, double[] x1, double[] y1) {
    return MomentumRecipe.solver(context, Averaging.STORM, ETA, x1, y1);
  }
}
