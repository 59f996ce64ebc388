package io.thalweg.solver;

import io.thalweg.estimator.Estimator;
import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.LinearModel;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * The family of arXiv 2303.03944. From step t to t + 1:
 *
 * <ol>
 *   <li>x~ = P_X(x - gamma w), x becomes x + eta (x~ - x); y becomes y - lambda eta v; a variable
 *       of the hypergradient's own moves too; all by the values of step t
 *   <li>every direction is evaluated at the <em>new</em> point on the new batches, and for STORM at
 *       the old point on the <em>same</em> new batches
 *   <li>averages are updated with weight min(1, c eta) or min(1, c eta^2), eta of index t, then
 *       projected; w is formed from them
 * </ol>
 *
 * Step 1 evaluates the directions at the initial point. Reported are |w| and |v| where the state
 * is, the trailing mean of |w|, and under a constraint |x - x~| / gamma.
 */
final class MomentumRecipe implements ArrivalRecipe {
  /** |w| at the point of the state. */
  static final String NORM = "hypergradient-norm";

  private final Averaging averaging;
  private final Hypergradient hypergradient;
  private final UpperStep upperStep;
  private final MomentumSettings settings;
  private final double[][] fresh;
  private final double[][] before;
  private final long[] unread;
  private final StepFigures unseen = new StepFigures();
  private final TrailingMean trailing;
  private final ProjectedGradient projected;

  private MomentumRecipe(
      Averaging averaging,
      Hypergradient hypergradient,
      MethodContext context,
      MomentumSettings settings) {
    this.averaging = averaging;
    this.hypergradient = hypergradient;
    this.upperStep = UpperStep.of(context);
    this.settings = settings;
    int[] slots = hypergradient.slots();
    fresh = new double[slots.length][];
    before = new double[slots.length][];
    for (int i = 0; i < slots.length; i++) {
      boolean used = averaging.estimator().needsPreviousPoint();
      before[i] = new double[used ? context.layout().length(slots[i]) : 0];
    }
    trailing = TrailingMean.of(context, NORM);
    projected =
        new ProjectedGradient(
            context.constraint(), settings.gamma(), context.layout().length(StateLayout.X));
    unread = new long[context.layout().counters()];
  }

  /** Reads the settings of the family. */
  static MomentumRecipe of(MethodContext context, Averaging averaging, Schedule defaultEta) {
    Hypergradient hypergradient =
        Hypergradients.of(context, MomentumSettings.lambda(context.settings()));
    return new MomentumRecipe(
        averaging,
        hypergradient,
        context,
        MomentumSettings.of(context, defaultEta, hypergradient.letters()));
  }

  /**
   * The solver of the family for a problem: the lazy form where the problem allows it, which is the
   * same arithmetic at a cost that does not grow with the model. Its catching up has no place for a
   * jump of x: with {@code escape} the dense form steps.
   */
  static Solver solver(
      MethodContext context, Averaging averaging, Schedule eta, double[] x1, double[] y1) {
    Hypergradients.LinearSystem system =
        Hypergradients.linearSystem(context, MomentumSettings.lambda(context.settings()));
    LinearModel model = context.oracle().as(LinearModel.class);
    if (system != null
        && !Escape.wanted(context.settings())
        && model != null
        && model.groups() <= LazyMomentum.MOST_GROUPS
        && context.oracle().schema(Level.LOWER).sparse()
        && context.oracle().schema(Level.UPPER).sparse()) {
      return new LazyMomentum(
          model,
          context.constraint(),
          averaging,
          MomentumSettings.of(context, eta, LinearSystemHypergradient.LETTERS),
          system,
          UpperStep.scale(context.settings()),
          x1,
          y1);
    }
    return new SteppingSolver(context, Escape.of(of(context, averaging, eta), context), x1, y1);
  }

  /** The parameters the family shares, for its entries in the catalogue. */
  static List<Parameter> parameters(Schedule eta, boolean weighted) {
    List<Parameter> out = new ArrayList<>();
    out.add(
        Parameter.choice(
            "hypergradient",
            Hypergradients.OPTIONS,
            Hypergradients.DENSE,
            "way to w: matrices, Krylov solve per step, or a linear system followed along"));
    out.add(
        Parameter.number("gamma", Range.POSITIVE, MomentumSettings.DEFAULT_STEP, "step size of x"));
    out.add(
        Parameter.number(
            "lambda", Range.POSITIVE, MomentumSettings.DEFAULT_STEP, "step size of y"));
    out.add(
        new Parameter(
            "eta",
            Parameter.Kind.SCHEDULE,
            Range.POSITIVE,
            List.of(),
            eta.asSetting(),
            false,
            "step size of everything: factor on gamma, lambda, rho"));
    out.add(
        Parameter.number(
            "mu",
            Range.POSITIVE,
            Hypergradients.DEFAULT_MU,
            "smallest eigenvalue of H let through"));
    out.add(
        Parameter.number(
            "lg",
            Range.POSITIVE,
            Hypergradients.DEFAULT_LG,
            "largest eigenvalue of H let through (Lg)"));
    out.add(unbounded("c-fy", "bound on |fy|; none when absent"));
    out.add(unbounded("c-gxy", "dense: bound on the operator norm of J; none when absent"));
    out.add(
        Parameter.choice(
            "clamp",
            Hypergradients.CLAMPS,
            Hypergradients.AUTO,
            "dense: decompose H in every step (exact), or only when its spectrum moved (tracked);"
                + " auto tracks from 64 rows"));
    if (weighted) {
      out.add(
          new Parameter(
              "c",
              Parameter.Kind.WEIGHTS,
              Range.NON_NEGATIVE,
              List.of("u", "h", "v", "G", "H", "w", "r"),
              1.0,
              false,
              "weights of fresh directions: one number, or by letter {u,h,v,G,H} for dense, {w,v}"
                  + " for lanczos, {w,v,r} for linear-system"));
    }
    out.add(
        Parameter.integer(
            "krylov",
            new Range(1, false, Double.POSITIVE_INFINITY, true),
            Hypergradients.DEFAULT_KRYLOV,
            "lanczos: products per solve"));
    out.add(unbounded("rho", "linear-system: step size of z; lambda when absent"));
    out.add(unbounded("radius", "linear-system: bound on |z|; c-fy / mu when absent"));
    return List.copyOf(out);
  }

  private static Parameter unbounded(String key, String meaning) {
    return new Parameter(
        key, Parameter.Kind.NUMBER, Range.POSITIVE, List.of(), null, false, meaning);
  }

  @Override
  public boolean startsOnBatches() {
    return true;
  }

  @Override
  public void first(State now, State next, StepInput input, StepFigures figures) {
    Kernels.copy(now.x, next.x);
    Kernels.copy(now.y, next.y);
    hypergradient.start(next);
    evaluateInto(next, input.lower().get(0), input.upper().get(0), figures);
    hypergradient.finish(next, next);
    noteNorm(now, next);
  }

  @Override
  public void step(State now, double[] from, State next, StepInput input, StepFigures figures) {
    double step = settings.eta().at(now.t());
    move(now, from, next, step);
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    evaluateInto(next, zeta, xi, figures);
    Estimator estimator = averaging.estimator();
    if (estimator.needsPreviousPoint()) {
      hypergradient.evaluate(now, zeta, xi, before, unread, unseen);
    }
    double scale = averaging.scale(step);
    int[] slots = hypergradient.slots();
    for (int i = 0; i < slots.length; i++) {
      double[] past = now.slots[slots[i]];
      double weight = Estimator.weight(settings.c()[i], scale);
      estimator.update(past, before[i], weight, fresh[i], 0, past.length);
    }
    hypergradient.finish(now, next);
    noteNorm(now, next);
  }

  private void noteNorm(State now, State next) {
    trailing.note(now, next, Kernels.norm2(next.slots[hypergradient.w()]));
  }

  private void move(State now, double[] from, State next, double step) {
    upperStep.take(from, settings.gamma(), now.slots[hypergradient.w()], next);
    for (int i = 0; i < next.x.length; i++) {
      next.x[i] = from[i] + step * (next.x[i] - from[i]);
    }
    Kernels.add(now.y, -settings.lambda() * step, now.slots[hypergradient.v()], next.y);
    hypergradient.move(now, next, step);
  }

  private void evaluateInto(State next, Batch zeta, Batch xi, StepFigures figures) {
    int[] slots = hypergradient.slots();
    for (int i = 0; i < slots.length; i++) {
      fresh[i] = next.slots[slots[i]];
    }
    hypergradient.evaluate(next, zeta, xi, fresh, next.counters, figures);
  }

  @Override
  public void restored() {
    hypergradient.restored();
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure(NORM, Kernels.norm2(now.slots[hypergradient.w()]));
    sink.figure("lower-residual", Kernels.norm2(now.slots[hypergradient.v()]));
    sink.figure("step-size", settings.eta().at(Math.max(1, now.t())));
    trailing.report(now, sink);
    projected.report(now.x, now.slots[hypergradient.w()], sink);
  }
}
