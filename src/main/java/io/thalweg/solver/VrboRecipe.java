package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Move k = 0, 1, ... where D = (gy, hyper) on a batch of either level, the lower one serving for
 * gy, for all factors of the Neumann sum and for J:
 *
 * <pre>
 * k mod q = 0:  e = D(x, y; S1)                                          large batches
 * x' = P_X(x - alpha e_x)       e += D(x', y; S2) - D(x, y; S2)          small ones
 * m times: y' = y - beta e_y    e += D(x', y'; S2) - D(x', y; S2)        new small ones; y = y'
 * </pre>
 *
 * From the stream come, on both levels, the large batch where there is one, then the small ones in
 * this order; each is made of consecutive batches of the job.
 */
final class VrboRecipe implements ArrivalRecipe {
  /**
   * What is counted.
   *
   * @param period q
   * @param inner m
   * @param terms Q
   * @param small batches of the job in S2
   * @param large batches of the job in S1
   */
  record Counts(int period, int inner, int terms, int small, int large) {
    Consumption consumption(boolean refresh) {
      int batches = Math.multiplyExact(small, Math.addExact(inner, 1));
      batches = Math.addExact(batches, refresh ? large : 0);
      return new Consumption(batches, batches);
    }
  }

  private final BilevelOracle oracle;
  private final double alpha;
  private final double beta;
  private final Counts counts;
  private final Consumption usual;
  private final Consumption refreshing;
  private final SampledHypergradient hypergradient;
  private final UpperStep upperStep;
  private final int ex;
  private final int ey;
  private final int refreshed;
  private final Pair large = new Pair();
  private final Pair small = new Pair();
  private final double[] yBefore;
  private final double[] hyper;
  private final double[] gy;

  VrboRecipe(MethodContext context, double alpha, double beta, Counts counts, double eta) {
    oracle = context.oracle();
    this.alpha = alpha;
    this.beta = beta;
    this.counts = counts;
    usual = counts.consumption(false);
    refreshing = counts.consumption(true);
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    hypergradient = new SampledHypergradient(oracle, new NeumannInverse(q, eta));
    upperStep = UpperStep.of(context);
    ex = context.layout().slot("e-x", p);
    ey = context.layout().slot("e-y", q);
    refreshed = context.layout().slot("refreshed-norm", 1);
    yBefore = new double[q];
    hyper = new double[p];
    gy = new double[q];
  }

  @Override
  public Consumption next(State now) {
    return refreshes(now) ? refreshing : usual;
  }

  private boolean refreshes(State now) {
    return (now.t() - 1) % counts.period() == 0;
  }

  @Override
  public void step(State now, double[] from, State next, StepInput input, StepFigures figures) {
    int at = 0;
    double[] upper = next.slots[ex];
    double[] lower = next.slots[ey];
    if (refreshes(now)) {
      large.take(input, at, counts.large());
      at += counts.large();
      hypergradient.choose(large.lower(), counts.terms());
      double g = oracle.gradLowerY(now.x, now.y, large.lower(), lower);
      double f = hypergradient.at(now.x, now.y, large.upper(), next.counters, upper);
      figures.losses(f, g);
      next.slots[refreshed][0] = Kernels.norm2(upper);
    } else {
      Kernels.copy(now.slots[ex], upper);
      Kernels.copy(now.slots[ey], lower);
      next.slots[refreshed][0] = now.slots[refreshed][0];
    }
    boolean unseen = at == 0;
    upperStep.take(from, alpha, upper, next);
    Kernels.copy(now.y, next.y);
    small.take(input, at, counts.small());
    at += counts.small();
    correct(now.x, now.y, next, unseen ? figures : null);
    for (int i = 0; i < counts.inner(); i++) {
      Kernels.copy(next.y, yBefore);
      Kernels.axpy(-beta, lower, next.y);
      small.take(input, at, counts.small());
      at += counts.small();
      correct(next.x, yBefore, next, null);
    }
  }

  /** e += D(next) - D(x, y), both on the small batches. */
  private void correct(double[] x, double[] y, State next, @Nullable StepFigures figures) {
    double[] upper = next.slots[ex];
    double[] lower = next.slots[ey];
    hypergradient.choose(small.lower(), counts.terms());
    double g = oracle.gradLowerY(x, y, small.lower(), gy);
    double f = hypergradient.at(x, y, small.upper(), next.counters, hyper);
    if (figures != null) {
      figures.losses(f, g);
    }
    Kernels.axpy(-1, gy, lower);
    Kernels.axpy(-1, hyper, upper);
    oracle.gradLowerY(next.x, next.y, small.lower(), gy);
    hypergradient.at(next.x, next.y, small.upper(), next.counters, hyper);
    Kernels.axpy(1, gy, lower);
    Kernels.axpy(1, hyper, upper);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", Kernels.norm2(now.slots[ex]));
    sink.figure("lower-residual", Kernels.norm2(now.slots[ey]));
    sink.figure("refreshed-hypergradient-norm", now.slots[refreshed][0]);
  }

  /** One batch of either level, joined from some of the step's. */
  private static final class Pair {
    private final JoinedBatch joinedLower = new JoinedBatch();
    private final JoinedBatch joinedUpper = new JoinedBatch();
    private @Nullable Batch lower;
    private @Nullable Batch upper;

    void take(StepInput input, int from, int batches) {
      lower = joinedLower.of(input.lower(), from, from + batches);
      upper = joinedUpper.of(input.upper(), from, from + batches);
    }

    Batch lower() {
      return Objects.requireNonNull(lower);
    }

    Batch upper() {
      return Objects.requireNonNull(upper);
    }
  }
}
