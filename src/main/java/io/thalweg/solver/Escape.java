package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Lets any method leave strict saddles: where the hypergradient norm a recipe reports is at most
 * threshold eps, and more than T steps have passed since the last time, x jumps by a uniform draw
 * from the ball of radius r as part of the next step (the test of arXiv 2202.03684 on the estimate
 * of the method; a combination of the project).
 *
 * <pre>
 * shift    the step leaves from x~ = P_X(x + p): where the method evaluates at the start of a step,
 *          it does so at x~
 * folded   the step leaves from x, then P_X(x + p): the method evaluates before the jump
 * </pre>
 *
 * <p>Pairs of evaluations on one record stay consistent: the previous point is always the point to
 * which the estimate belongs, the one before the jump. A recipe that keeps the previous point in
 * its state compares with that, and the jump is part of the difference. An {@link ArrivalRecipe} is
 * told of the jump and compares with {@code now}; its estimate is from before the jump in either
 * mode, so that the two modes are one. Lower variables and estimates stay as they are.
 */
final class Escape extends ForwardingRecipe {
  static final String KEY = "escape";

  /** The key in the catalogue. */
  static final Parameter PARAMETER =
      Parameter.tree(
          KEY,
          Perturbation.keys(List.of(Perturbation.SHIFT, Perturbation.FOLDED), false),
          "leaves strict saddles: x jumps by a draw where the hypergradient norm is small; off when"
              + " absent");

  private final Perturbation perturbation;
  private final Constraint constraint;
  private final double[] drawn;
  private final Jumped jumped;
  private final Norm norm = new Norm();

  private Escape(Recipe recipe, MethodContext context) {
    super(recipe);
    StateLayout layout = context.layout();
    constraint = context.constraint();
    // a generator of its own, so that the draws of the method stay what they are
    perturbation =
        Perturbation.of(
            context.settings().child(KEY), layout, new SplitMix64(context.seed()).nextLong());
    drawn = new double[layout.length(StateLayout.X)];
    jumped = new Jumped(layout);
  }

  /** The recipe itself, or wrapped where the settings ask for it. */
  static Recipe of(Recipe recipe, MethodContext context) {
    return wanted(context.settings()) ? new Escape(recipe, context) : recipe;
  }

  static boolean wanted(Settings solver) {
    return solver.has(KEY);
  }

  /** Refuses the key for methods that say why it means nothing to them. */
  static void refuse(Settings solver, String method, String why) {
    if (wanted(solver)) {
      throw new SettingException(solver.pathOf(KEY), "has no meaning for " + method + ", " + why);
    }
  }

  @Override
  public void begin(State initial) {
    recipe.begin(initial);
    perturbation.begin(initial);
    if (Double.isNaN(norm.of(recipe, initial))) {
      throw new IllegalStateException("the method reports no " + Norm.FIGURE);
    }
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    if (!hasEstimate(now)
        || !perturbation.rested(now)
        || !perturbation.small(norm.of(recipe, now))) {
      recipe.step(now, next, input, figures);
      return;
    }
    perturbation.draw(now, next, drawn);
    if (recipe.arrives()) {
      recipe.step(now, jumped.leave(now, drawn, constraint), next, input, figures);
    } else if (perturbation.mode() == Perturbation.Mode.SHIFT) {
      jumped.leave(now, drawn, constraint);
      recipe.step(jumped.state(now), next, input, figures);
    } else {
      recipe.step(now, next, input, figures);
      Kernels.axpy(1, drawn, next.x);
      constraint.project(next.x);
    }
  }

  /** Where step 1 takes no batches, the first move makes the first estimate. */
  private boolean hasEstimate(State now) {
    return now.t() > 1 || recipe.startsOnBatches();
  }

  /** A state with another x. The buffers it stands beside stay untouched. */
  private static final class Jumped {
    private final State state;

    Jumped(StateLayout layout) {
      double[][] slots = new double[layout.slots()][];
      slots[StateLayout.X] = new double[layout.length(StateLayout.X)];
      slots[StateLayout.Y] = new double[layout.length(StateLayout.Y)];
      state = new State(slots, new long[layout.counters()]);
    }

    /** P_X(x + p). */
    double[] leave(State now, double[] p, Constraint constraint) {
      Kernels.add(now.x, 1, p, state.x);
      constraint.project(state.x);
      return state.x;
    }

    /** The rest as it is in {@code now}; valid while that is. */
    State state(State now) {
      Kernels.copy(now.y, state.y);
      System.arraycopy(
          now.slots,
          StateLayout.Y + 1,
          state.slots,
          StateLayout.Y + 1,
          state.slots.length - StateLayout.Y - 1);
      System.arraycopy(now.counters, 0, state.counters, 0, state.counters.length);
      return state;
    }
  }

  /** Picks the norm out of what a recipe reports. */
  private static final class Norm implements Solver.Report {
    private static final String FIGURE = "hypergradient-norm";

    private double found;

    double of(Recipe recipe, State now) {
      found = Double.NaN;
      recipe.report(now, this);
      return found;
    }

    @Override
    public void figure(String name, double value) {
      if (name.equals(FIGURE)) {
        found = value;
      }
    }
  }
}
