package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Descent on f + gamma (g(x, y) - min g(x, .)), the penalty of the lower level's value gap. Move t
 * = 1, 2, ... from (x, y):
 *
 * <ol>
 *   <li>om starts at y, or with {@code start: warm} at the om of the step before; T times om
 *       becomes om - beta gy(x, om)
 *   <li>d_x = fx(x, y) + gamma_t (gx(x, y) - gx(x, om)), d_y = fy(x, y) + gamma_t gy(x, y)
 *   <li>x becomes P_X(x - alpha_t s d_x), y becomes y - alpha_t s d_y, both by the values of (x,
 *       y); s = 1, or min(1 / (gamma_t + 1e-8), 1) with {@code rescale}
 * </ol>
 *
 * <p>gamma_t is gamma, or with a ramp min(gamma, gamma / ramp (t - 1)), 0 in move 1. The inner
 * iterations use the one lower batch of the step, or a fresh one each, drawn before the one of the
 * gap.
 */
final class ValuePenaltyRecipe implements Recipe {
  private static final String Y = "y";
  private static final String WARM = "warm";
  private static final List<String> STARTS = List.of(Y, WARM);
  private static final Schedule ALPHA = new Schedule(Schedule.Kind.CONSTANT, 0.01, 0, 0, 0);
  private static final double BETA = 0.1;
  private static final double GAMMA = 10;
  private static final int T = 10;
  private static final double GUARD = 1e-8;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final LowerDescent descent;
  private final ValueGap gap;
  private final Schedule alpha;
  private final double gamma;
  private final int ramp;
  private final int inner;
  private final boolean rescale;
  private final boolean fresh;
  private final Consumption consumption;
  private final int warm;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure direction;
  private final Figure valueGap;
  private final TrailingMean meanDirection;
  private final TrailingMean meanGap;
  private final double[] cold;
  private final double[] dx;
  private final double[] dy;

  /**
   * Reads the settings.
   *
   * @param fresh whether every inner iteration takes a batch of its own
   */
  ValuePenaltyRecipe(MethodContext context, boolean fresh) {
    Settings settings = context.settings();
    this.fresh = fresh;
    oracle = context.oracle();
    alpha = Schedule.of(settings, "alpha", ALPHA);
    descent = new LowerDescent(oracle, settings.number("beta", BETA, Range.POSITIVE));
    gamma = settings.number("gamma", GAMMA, Range.POSITIVE);
    ramp = Keys.atLeast(settings, "ramp", 0, 0);
    inner = Keys.count(settings, "T", T);
    rescale = settings.flag("rescale", false);
    boolean carried = Keys.choice(settings, "start", STARTS, Y).equals(WARM);
    warm = carried ? context.layout().slot("om", oracle.lowerDim()) : -1;
    cold = new double[carried ? 0 : oracle.lowerDim()];
    consumption = fresh ? new Consumption(inner + 1, 1) : Consumption.ONE_OF_EACH;
    gap = new ValueGap(oracle);
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    direction = Figure.of(context, "direction-norm");
    valueGap = Figure.of(context, "value-gap");
    meanDirection = TrailingMean.of(context, direction.name());
    meanGap = TrailingMean.of(context, valueGap.name());
    upperStep = UpperStep.of(context);
    dx = new double[oracle.upperDim()];
    dy = new double[oracle.lowerDim()];
  }

  static Map<String, Set<Capability>> needs() {
    return Map.of(
        "", Collections.unmodifiableSet(EnumSet.of(Capability.VALUE, Capability.FIRST_ORDER)));
  }

  static List<Parameter> parameters() {
    return List.of(
        new Parameter(
            "alpha",
            Parameter.Kind.SCHEDULE,
            Range.POSITIVE,
            List.of(),
            ALPHA.asSetting(),
            false,
            "step of x and y; of the order of 1 / (1 + gamma) unless rescaled"),
        Parameter.number(
            "beta", Range.POSITIVE, BETA, "step of the inner iterations, at most 1 / Lg"),
        Parameter.number(
            "gamma",
            Range.POSITIVE,
            GAMMA,
            "weight of the value gap; the bias is of order 1/gamma"),
        Parameter.integer(
            "ramp",
            Range.NON_NEGATIVE,
            0,
            "steps over which the weight grows from 0 to gamma; 0 for gamma from the start"),
        Parameter.integer("T", Keys.COUNT, T, "inner iterations per step"),
        Parameter.choice(
            "start",
            STARTS,
            Y,
            "where the inner iterations start: at y, or where they ended before"),
        Parameter.of(
            "rescale",
            Parameter.Kind.FLAG,
            false,
            "divides the step by the weight of the gap where that is above 1"));
  }

  @Override
  public Consumption next(State now) {
    return consumption;
  }

  @Override
  public void begin(State initial) {
    if (warm >= 0) {
      Kernels.copy(initial.y, initial.slots[warm]);
    }
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    List<Batch> lower = input.lower();
    double[] om = warm < 0 ? cold : next.slots[warm];
    Kernels.copy(warm < 0 ? now.y : now.slots[warm], om);
    double g = descent.step(now.x, om, lower.get(0), 0);
    for (int i = 1; i < inner; i++) {
      descent.step(now.x, om, lower.get(fresh ? i : 0), 0);
    }
    double q = gap.evaluate(now.x, now.y, om, lower.get(lower.size() - 1));
    figures.losses(oracle.upperGradients(now.x, now.y, input.upper().get(0), dx, dy), g);
    double weight = ramp == 0 ? gamma : Math.min(gamma, gamma / ramp * (now.t() - 1));
    Kernels.axpy(weight, gap.qx(), dx);
    Kernels.axpy(weight, gap.qy(), dy);
    double step = alpha.at(now.t());
    if (rescale) {
      step *= Math.min(1 / (weight + GUARD), 1);
    }
    upperStep.take(now.x, step, dx, next);
    Kernels.add(now.y, -step, dy, next.y);
    hypergradient.note(next, Kernels.norm2(dx));
    residual.note(next, Kernels.norm2(gap.qy()));
    double norm = Math.sqrt(Kernels.dot(dx, dx) + Kernels.dot(dy, dy));
    direction.note(next, norm);
    valueGap.note(next, q);
    meanDirection.note(now, next, norm);
    meanGap.note(now, next, q);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    direction.report(now, sink);
    valueGap.report(now, sink);
    meanDirection.report(now, sink);
    meanGap.report(now, sink);
  }
}
