package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * Perturbed AID, a double loop that leaves strict saddles. One step, all of it on one pair of
 * batches:
 *
 * <pre>
 * D times  y becomes y - tau gy(x, y)
 * v becomes CG(H, fy, v, N), or Neumann(H, fy, eta-n, N);   h = fx - J v
 * |h| at most threshold eps, and rested:  p uniform in the ball of radius r
 *    shift    x becomes x - eta p, then y, v and h anew
 *    folded   h becomes h + p
 * x becomes x - eta h
 * </pre>
 *
 * <p>A step asks the oracle for D gy, fx, fy, N Hv (one more where cg starts from a v that is not
 * 0) and one Jv, and for all of it twice where x is shifted.
 */
final class PerturbedAid implements Method {
  static final double DEFAULT_STEP = 0.1;
  private static final int MOST_DEFAULT_ROUNDS = 10;

  @Override
  public MethodInfo info() {
    List<Parameter> keys = new ArrayList<>();
    keys.add(Parameter.number("eta", Range.POSITIVE, DEFAULT_STEP, "step size of x"));
    keys.addAll(DescentSettings.parameters());
    keys.addAll(ImplicitGradient.parameters());
    keys.add(
        new Parameter(
            "solver-steps",
            Parameter.Kind.INTEGER,
            Keys.COUNT,
            List.of(),
            null,
            false,
            "N: products per solve; the length of y, but at most 10, when absent"));
    keys.add(Perturbation.parameter());
    return new MethodInfo(
        "perturbed-aid",
        "Double loop with an implicit hypergradient per step; x is shaken where that is small, so"
            + " that strict saddles are left",
        "arXiv 2202.03684 (threshold, spacing and order reconstructed)",
        Map.of("", EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS)),
        List.copyOf(keys),
        "Exact data or large batches with a strongly convex lower level, strict saddles suspected.");
  }

  @Override
  public String ownEscape() {
    return "which leaves saddles by itself: see perturbation";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    int q = context.oracle().lowerDim();
    return new PerturbedDescent(
        context,
        new Direction(
            context,
            Keys.count(context.settings(), "solver-steps", Math.min(q, MOST_DEFAULT_ROUNDS))));
  }

  /** y and v improved, h = fx - J v. */
  private static final class Direction implements DescentDirection {
    private final LowerDescent descent;
    private final ImplicitGradient gradient;
    private final int descents;
    private final int rounds;
    private final int v;
    private final int residual;

    Direction(MethodContext context, int rounds) {
      this.rounds = rounds;
      DescentSettings settings = DescentSettings.of(context.settings());
      descent = new LowerDescent(context.oracle(), settings.tau());
      descents = settings.steps();
      gradient = ImplicitGradient.of(context);
      v = context.layout().slot("v", context.oracle().lowerDim());
      residual = context.layout().slot("lower-residual", 1);
    }

    @Override
    public int[] variables() {
      return new int[] {StateLayout.Y, v};
    }

    @Override
    public double evaluate(State next, Batch zeta, Batch xi, double[] h, StepFigures figures) {
      double g = descent.run(next.x, next.y, zeta, descents, 0);
      double f = gradient.evaluate(next.x, next.y, next.slots[v], zeta, xi, rounds, h);
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
