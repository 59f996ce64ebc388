package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;

/**
 * One step at z = (x, y) with h = |gy|^2 and slack s = h - eps^2:
 *
 * <pre>
 * d by {@link RelaxedDirections#qcqp} at level -alpha s, or where that has no point by its qp at
 *   level alpha s
 * no point, or s &gt;= -1e-5:  t = const
 * else  t = t0, halved until h(z + t d) - eps^2 &lt;= 0.9 s,
 *       then until f(z + t d) &lt;= f + 0.1 t grad f'd; no further than 1e-12
 * z becomes z + t d
 * </pre>
 *
 * Trial points have their x projected as the step has. 0.9 s is what is left of a negative slack.
 */
final class SequentialQcqpRecipe implements Recipe {
  private static final double BOUNDARY = -1e-5;
  private static final double KEPT_SLACK = 0.9;
  private static final double ARMIJO = 0.1;
  private static final double LEAST_STEP = 1e-12;

  private final BilevelOracle oracle;
  private final Constraint constraint;
  private final UpperStep upperStep;
  private final LowerStationarity lower;
  private final JointDirection direction;
  private final double alpha;
  private final double epsSquare;
  private final double w;
  private final double firstStep;
  private final double constantStep;
  private final int step;
  private final double[] trialX;
  private final double[] trialY;

  SequentialQcqpRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    constraint = context.constraint();
    alpha = settings.number("alpha", SequentialQcqp.ALPHA, Range.POSITIVE);
    double eps = settings.number("eps", Sgf.EPS, Range.POSITIVE);
    epsSquare = eps * eps;
    w = settings.number("w", SequentialQcqp.W, Range.POSITIVE);
    firstStep = settings.number("t0", SequentialQcqp.FIRST_STEP, Range.POSITIVE);
    constantStep = settings.number("const", SequentialQcqp.CONSTANT_STEP, Range.POSITIVE);
    upperStep = UpperStep.of(context);
    lower = new LowerStationarity(context);
    direction = new JointDirection(context);
    step = context.layout().slot("step", 1);
    trialX = new double[oracle.upperDim()];
    trialY = new double[oracle.lowerDim()];
  }

  @Override
  public Consumption next(State now) {
    return lower.consumption();
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    double[] dx = direction.x(next);
    double[] dy = direction.y(next);
    double f = lower.evaluate(now.x, now.y, input, figures);
    lower.note(next);
    double slack = lower.h() - epsSquare;
    boolean feasible = lower.directions().qcqp(-alpha * slack, w, dx, dy);
    if (!feasible) {
      lower.directions().qp(alpha * slack, dx, dy);
    }
    direction.note(next);
    double t = feasible && slack < BOUNDARY ? search(now, next, input, f, slack) : constantStep;
    next.slots[step][0] = t;
    upperStep.take(now.x, -t, dx, next);
    Kernels.add(now.y, t, dy, next.y);
  }

  private double search(State now, State next, StepInput input, double f, double slack) {
    double t = firstStep;
    move(now, next, t);
    while (!(lower.elsewhere(trialX, trialY, input) - epsSquare <= KEPT_SLACK * slack)
        && t > LEAST_STEP) {
      t /= 2;
      move(now, next, t);
    }
    double slope = ARMIJO * lower.directions().along(direction.x(next), direction.y(next));
    while (!(oracle.upperValue(trialX, trialY, input.upper().get(0)) <= f + t * slope)
        && t > LEAST_STEP) {
      t /= 2;
      move(now, next, t);
    }
    return t;
  }

  private void move(State now, State next, double t) {
    Kernels.add(now.x, t, direction.x(next), trialX);
    constraint.project(trialX);
    Kernels.add(now.y, t, direction.y(next), trialY);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    direction.report(now, sink);
    double h = lower.h(now);
    sink.figure("lower-residual", Math.sqrt(h));
    sink.figure("constraint-excess", Math.max(0, h - epsSquare));
    sink.figure("step-size", now.slots[step][0]);
  }
}
