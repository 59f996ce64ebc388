package io.thalweg.solver;

/**
 * V-PBGD: gradient descent on the penalised value gap.
 *
 * <p>A step asks the oracle T + 1 times for gy, twice for gx, once for fx and fy, and once for g,
 * to report the gap. It takes one batch of each level: all inner iterations and the gap use the
 * same lower batch.
 *
 * <p>Shen, Chen, On penalty-based bilevel gradient descent method, ICML 2023.
 */
final class Vpbgd implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "v-pbgd",
        "Gradient descent on the upper level plus a penalty on the lower level's value gap",
        "Shen, Chen, ICML 2023",
        ValuePenaltyRecipe.needs(),
        ValuePenaltyRecipe.parameters(),
        "A penalty baseline on full batches for a lower level with many solutions; its bias is of"
            + " order 1/gamma.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new ValuePenaltyRecipe(context, false);
  }
}
