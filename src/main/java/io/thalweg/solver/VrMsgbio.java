package io.thalweg.solver;

/** VR-MSGBiO: STORM estimates of the directions, weight c eta^2, eta as 1 / cbrt(t). */
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
  public Recipe recipe(MethodContext context) {
    return MomentumRecipe.of(context, Averaging.STORM, ETA);
  }
}
