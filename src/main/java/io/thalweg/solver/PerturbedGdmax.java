package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Perturbed multi-step GDmax for min over x of max over y of f, a bilevel problem with g = -f. One
 * step, all of it on one pair of batches:
 *
 * <pre>
 * D times  y becomes y + tau fy(x, y), taken as y - tau gy(x, y), as g = -f
 * h = fx
 * |h| at most threshold eps, and rested:  p uniform in the ball of radius r
 *    shift    x becomes x - eta p, then y and h anew
 *    folded   h becomes h + p
 * x becomes x - eta h
 * </pre>
 *
 * The ascents see the lower batch and fx the upper one, so that the two errors are independent.
 *
 * <p>A step asks the oracle for D gy, one fx and one value of f, and for all of it twice where x is
 * shifted. The values serve {@code stop-decrease}; without it they are asked for to be reported as
 * losses, the steps being of gradients alone.
 */
final class PerturbedGdmax implements Method {
  @Override
  public MethodInfo info() {
    List<Parameter> keys = new ArrayList<>();
    keys.add(Parameter.number("eta", Range.POSITIVE, PerturbedAid.DEFAULT_STEP, "step size of x"));
    keys.addAll(DescentSettings.parameters());
    keys.add(Perturbation.parameter());
    return new MethodInfo(
        "perturbed-gdmax",
        "Gradient descent with several ascents per step for minimax problems (g = -f); x is shaken"
            + " where the gradient is small, so that strict saddles are left",
        "arXiv 2202.03684, minimax part (threshold, spacing and order reconstructed)",
        Map.of("", EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER)),
        List.copyOf(keys),
        "Minimax problems, strongly concave in y; gradients only.");
  }

  @Override
  public String ownEscape() {
    return "which leaves saddles by itself: see perturbation";
  }

  @Override
  public boolean minimaxOnly() {
    return true;
  }

  @Override
  public Recipe recipe(MethodContext context) {
    return new PerturbedDescent(context, new Direction(context));
  }

  /** y improved, h = fx. */
  private static final class Direction implements DescentDirection {
    private final BilevelOracle oracle;
    private final LowerDescent descent;
    private final int descents;
    private final int residual;

    Direction(MethodContext context) {
      oracle = context.oracle();
      DescentSettings settings = DescentSettings.of(context.settings());
      descent = new LowerDescent(context.oracle(), settings.tau());
      descents = settings.steps();
      residual = context.layout().slot("lower-residual", 1);
    }

    @Override
    public int[] variables() {
      return new int[] {StateLayout.Y};
    }

    @Override
    public double evaluate(State next, Batch zeta, Batch xi, double[] h, StepFigures figures) {
      double g = descent.run(next.x, next.y, zeta, descents, 0);
      double f = oracle.upperValue(next.x, next.y, xi);
      oracle.gradUpperX(next.x, next.y, xi, h);
      next.slots[residual][0] = descent.residual();
      figures.losses(f, g);
      return f;
    }

    @Override
    public double residual(State now) {
      return now.slots[residual][0];
    }
  }
}
