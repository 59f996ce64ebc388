package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of the upper variable, P_X(x - a d), which every method takes in this form. Counts the
 * projections that changed something.
 *
 * <p>With {@code upper-step: rms} each entry of d is divided by the root of its running mean square
 * ({@link RmsScale} with h = d), so that a is how far an entry moves, whatever the scale of its
 * derivative. The mean square is part of the state; a step that does not move x leaves it alone.
 */
final class UpperStep {
  static final String KEY = "upper-step";

  /** Name of the mean square in the state. */
  static final String SQUARE = "rms-x";

  /** Name of the number of its updates. */
  static final String UPDATES = "rms-updates";

  private static final String RMS = "rms";
  private static final String DECAY = "decay";

  /** The key in the catalogue. */
  static final Parameter PARAMETER =
      new Parameter(
          KEY,
          Parameter.Kind.TREE,
          Range.ANY,
          List.of(RMS),
          null,
          false,
          "rms, or {decay}: divides each entry of a step of x by the root of its mean square (the"
              + " past with weight decay, "
              + RmsScale.DEFAULT_DECAY
              + " when absent), so that the step size is how far an entry moves; as it is when"
              + " absent",
          List.of(
              Parameter.number(
                  DECAY,
                  RmsScale.DECAYS,
                  RmsScale.DEFAULT_DECAY,
                  "weight of the past in the mean square")));

  private final Constraint constraint;
  private final int active;
  private final @Nullable RmsScale scale;
  private final int square;
  private final int updates;
  private final double[] scaled;
  private final StepFigures figures;

  private UpperStep(MethodContext context) {
    constraint = context.constraint();
    figures = context.figures();
    StateLayout layout = context.layout();
    active = constraint.bounded() ? layout.counter("clamps-constraint") : -1;
    scale = scale(context.settings());
    int p = scale == null ? 0 : layout.length(StateLayout.X);
    square = scale == null ? -1 : layout.carriedSlot(SQUARE, p);
    updates = scale == null ? -1 : layout.laterHiddenCounter(UPDATES);
    scaled = new double[p];
  }

  /** Reads the key; declares the counter where there is a constraint, and the mean square. */
  static UpperStep of(MethodContext context) {
    return new UpperStep(context);
  }

  /** What the key asks for; null without it. */
  static @Nullable RmsScale scale(Settings solver) {
    if (!solver.has(KEY)) {
      return null;
    }
    if (!solver.isTree(KEY)) {
      Keys.choice(solver, KEY, List.of(RMS), RMS);
      return new RmsScale(RmsScale.DEFAULT_DECAY);
    }
    Settings tree = solver.child(KEY);
    Keys.allow(tree, List.of(DECAY));
    return new RmsScale(tree.number(DECAY, RmsScale.DEFAULT_DECAY, RmsScale.DECAYS));
  }

  /** Refuses the key for a method that says why it cannot take it. */
  static void refuse(Settings solver, String method, String why) {
    if (solver.has(KEY)) {
      throw new SettingException(solver.pathOf(KEY), "has no meaning for " + method + ", " + why);
    }
  }

  /**
   * next.x = P_X(x - a d), d divided first where the settings want it.
   *
   * @param x where the step starts, not modified unless it is next.x itself
   * @param a step size
   * @param direction d
   * @param next receives x, the count and the mean square
   */
  void take(double[] x, double a, double[] direction, State next) {
    figures.hypergradient(direction);
    if (scale == null) {
      jump(x, a, direction, next);
      return;
    }
    double[] q = next.slots[square];
    scale.apply(direction, direction, q, q, ++next.counters[updates], scaled);
    jump(x, a, scaled, next);
  }

  /** As {@link #take} along a direction that is no derivative: never divided. */
  void jump(double[] x, double a, double[] direction, State next) {
    Kernels.add(x, -a, direction, next.x);
    project(next);
  }

  /** next.x = P_X(next.x), for steps that are not of the form x - a d. */
  void project(State next) {
    if (constraint.project(next.x)) {
      next.counters[active]++;
    }
  }
}
