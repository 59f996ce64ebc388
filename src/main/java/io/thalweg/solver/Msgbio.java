package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Settings;
import java.util.Set;

/**
 * MSGBiO: exponential means of the directions, weight c eta, eta as 1 / sqrt(t).
 *
 * <p>A step asks the oracle once for fx, fy and gy, and with {@code dense} for J and H, with {@code
 * lanczos} for at most k Hv and one Jv, with {@code linear-system} for one Hv and one Jv.
 */
final class Msgbio implements Method {
  private static final Schedule ETA = new Schedule(Schedule.Kind.SQRT, 1, 8, 0, 0);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "msgbio",
        "Single loop with exponential means of all directions, one evaluation per sample",
        "arXiv 2303.03944, Algorithm 2",
        Hypergradients.needs(),
        MomentumRecipe.parameters(ETA, true),
        "Streams: the robust default; one evaluation per sample.");
  }

  @Override
  public Set<Capability> needs(Settings solver) {
    return Hypergradients.needs(solver);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return MomentumRecipe.of(context, Averaging.MOMENTUM, ETA);
  }

  @Override
  public Solver solver(MethodContext context, double[] x1, double[] y1) {
    return MomentumRecipe.solver(context, Averaging.MOMENTUM, ETA, x1, y1);
  }
}
