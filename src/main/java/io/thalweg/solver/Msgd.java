package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stochastic gradients with heavy-ball momentum on one level. A step asks the oracle for one fx.
 *
 * <p>In the form of an average, e = b e + (1 - b) grad and x = x - lr e, it is the same with eta =
 * lr (1 - b) and momentum = b.
 */
final class Msgd implements Method {
  static final Schedule ETA = new Schedule(Schedule.Kind.CONSTANT, 0.01, 0, 0, 0);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "msgd",
        "Momentum SGD on one level, projected, with an optional change of phase that anneals the"
            + " step or the momentum",
        "arXiv 1802.05155",
        Map.of("", Set.of(Capability.FIRST_ORDER)),
        List.of(
            new Parameter(
                "eta",
                Parameter.Kind.SCHEDULE,
                Range.POSITIVE,
                List.of(),
                ETA.asSetting(),
                false,
                "step size"),
            Parameter.number(
                "momentum",
                Annealing.MOMENTUM,
                Annealing.DEFAULT_MOMENTUM,
                "share m of the last move that is made again"),
            Annealing.parameter()),
        "One level and no lower one: momentum leaves saddles sooner; anneal it near the optimum.");
  }

  @Override
  public Set<Level> reads() {
    return EnumSet.of(Level.UPPER);
  }

  @Override
  public String ownUpperStep() {
    return "whose step holds a part of the step before";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new MsgdRecipe(
        context, Schedule.of(context.settings(), "eta", ETA), Annealing.of(context.settings()));
  }
}
