package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * One move:
 *
 * <pre>
 * D times y -= tau gy(x, y)                                            a lower batch each
 * hB by implicit differentiation                                       large batches Z, W
 * |hB| above eps:  x = P_X(x - eta h), h by a Neumann sum              an upper batch, Q + 1 lower
 * else:            n by {@link NegativeCurvature} at x                 Z, W
 *   found          x = P_X(x - s sgn(hB'n) n), sgn 0 = 1
 *   none           x stays from now on, y goes on following it
 * </pre>
 *
 * From the stream come the single lower batches of y, the large ones, then those of h, whether or
 * not h is needed. An episode lies within one move, so that its frozen batches are those of the
 * step and nothing of it has to be in the state.
 */
final class StocBioIneonRecipe implements Recipe {
  private final BilevelOracle oracle;
  private final double eta;
  private final double eps;
  private final double stepNc;
  private final int inner;
  private final int terms;
  private final int big;
  private final Consumption moving;
  private final Consumption resting;
  private final LowerDescent descent;
  private final SampledHypergradient hypergradient;
  private final NegativeCurvature curvature;
  private final UpperStep upperStep;
  private final RandomState random;
  private final JoinedBatch joinedLower = new JoinedBatch();
  private final JoinedBatch joinedUpper = new JoinedBatch();
  private final int norms;
  private final int search;
  private final int episodes;
  private final int curvatureSteps;
  private final int stopped;
  private final double[] h;
  private final double[] direction;

  StocBioIneonRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    eta = settings.number("eta", StocBioIneon.ETA, Range.POSITIVE);
    eps = settings.number("eps", StocBioIneon.EPS, Range.POSITIVE);
    stepNc = settings.number("step-nc", StocBioIneon.STEP, Range.POSITIVE);
    DescentSettings loop = DescentSettings.of(settings);
    inner = loop.steps();
    terms = SeriesSettings.terms(settings, 0, StocBioIneon.TERMS);
    big = StocBioIneon.bigBatch(settings);
    moving =
        new Consumption(
            Math.addExact(Math.addExact(inner, big), Math.addExact(terms, 1)),
            Math.addExact(big, 1));
    resting = new Consumption(inner, 1);
    descent = new LowerDescent(oracle, loop.tau());
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    hypergradient =
        new SampledHypergradient(
            oracle,
            new NeumannInverse(
                q, settings.number("eta-n", StocBioIneon.SERIES_STEP, Range.POSITIVE)));
    curvature = new NegativeCurvature(context, descent);
    upperStep = UpperStep.of(context);
    random = RandomState.of(context);
    StateLayout layout = context.layout();
    norms = layout.slot("norms", 3);
    search = layout.slot("curvature-search", 2);
    episodes = layout.counter("curvature-episodes");
    curvatureSteps = layout.counter("curvature-steps");
    stopped = layout.counter("stopped");
    h = new double[p];
    direction = new double[p];
  }

  @Override
  public void begin(State initial) {
    random.begin(initial);
  }

  private boolean rests(State now) {
    return now.counters[stopped] > 0;
  }

  @Override
  public Consumption next(State now) {
    return rests(now) ? resting : moving;
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    List<Batch> lower = input.lower();
    List<Batch> upper = input.upper();
    Kernels.copy(now.y, next.y);
    Kernels.copy(now.slots[norms], next.slots[norms]);
    Kernels.copy(now.slots[search], next.slots[search]);
    double g = Double.NaN;
    for (int i = 0; i < inner; i++) {
      double value = descent.step(now.x, next.y, lower.get(i), 0);
      g = i == 0 ? value : g;
    }
    next.slots[norms][1] = descent.residual();
    if (rests(now)) {
      Kernels.copy(now.x, next.x);
      figures.losses(oracle.upperValue(now.x, next.y, upper.get(0)), g);
      return;
    }
    Batch z = joinedLower.of(lower, inner, inner + big);
    Batch w = joinedUpper.of(upper, 0, big);
    figures.losses(curvature.hypergradient(now.x, next.y, z, w, h), g);
    next.slots[norms][0] = Kernels.norm2(h);
    if (next.slots[norms][0] <= eps) {
      episode(now, next, z, w);
      return;
    }
    hypergradient.choose(lower, inner + big, terms);
    hypergradient.at(now.x, next.y, upper.get(big), next.counters, h);
    next.slots[norms][2] = Kernels.norm2(h);
    upperStep.take(now.x, eta, h, next);
  }

  /** A search at the small hypergradient h. */
  private void episode(State now, State next, Batch z, Batch w) {
    next.counters[episodes]++;
    Kernels.copy(now.x, next.x);
    boolean found = curvature.find(now.x, next.y, z, w, random.of(now), direction);
    random.put(next);
    next.slots[search][0] = curvature.least();
    next.slots[search][1] = curvature.length();
    if (!found) {
      next.counters[stopped] = 1;
      return;
    }
    next.counters[curvatureSteps]++;
    double along = Kernels.dot(h, direction) < 0 ? -stepNc : stepNc;
    upperStep.jump(now.x, along, direction, next);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", now.slots[norms][0]);
    sink.figure("lower-residual", now.slots[norms][1]);
    sink.figure("step-hypergradient-norm", now.slots[norms][2]);
    sink.figure("curvature-fall", 0.0 - now.slots[search][0]);
    sink.figure("curvature-reach", now.slots[search][1]);
  }
}
