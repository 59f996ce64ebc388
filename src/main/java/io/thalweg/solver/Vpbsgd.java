package io.thalweg.solver;

/**
 * V-PBSGD: {@link Vpbgd} on a stream.
 *
 * <p>A step asks the oracle for what {@link Vpbgd} asks for. It takes T + 1 lower batches, one for
 * each inner iteration and then the one of the gap, and one upper batch; both terms of the gap
 * share their batch.
 *
 * <p>Shen, Chen, On penalty-based bilevel gradient descent method, ICML 2023, in a stochastic
 * version whose details are reconstructed.
 */
final class Vpbsgd implements Method {
  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "v-pbsgd",
        "Stochastic form of v-pbgd: a fresh lower batch in every inner iteration, one pair of"
            + " batches for the step",
        "Shen, Chen, ICML 2023; details reconstructed",
        ValuePenaltyRecipe.needs(),
        ValuePenaltyRecipe.parameters(),
        "A penalty baseline for streams, with a moderate gamma (1 to 10) and a falling alpha.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new ValuePenaltyRecipe(context, true);
  }
}
