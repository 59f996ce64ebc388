package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.SharpModel;
import io.thalweg.oracle.SharpModel.Model;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The steps of geometric step decay. Samples are taken one by one in the order of the batch, so the
 * points passed through are the same however the samples were gathered into batches: x becomes P_X
 * of the minimiser of the sample's model, with the step size of the stage. The last stage does not
 * end: x goes on following a target that moves, by the smallest step.
 */
final class SharpRecipe implements Recipe {
  /** Samples whose losses the median is taken of; odd, so that it is one of them. */
  static final int MEDIAN_OF = 101;

  private final BilevelOracle oracle;
  private final @Nullable SharpModel sharp;
  private final Model model;
  private final SharpSteps steps;
  private final UpperStep upperStep;
  private final @Nullable RandomState random;
  private final int norm;
  private final int losses;
  private final int stage;
  private final int inner;
  private final int end;
  private final int seen;
  private final Batch row;
  private final double[] before;
  private final double[] gradient;
  private final double[] none;

  SharpRecipe(
      MethodContext context,
      @Nullable SharpModel sharp,
      Model model,
      SharpSteps steps,
      boolean randomStop) {
    this.oracle = context.oracle();
    this.sharp = sharp;
    this.model = model;
    this.steps = steps;
    this.upperStep = UpperStep.of(context);
    StateLayout layout = context.layout();
    norm = layout.slot("gradient-norm", 1);
    losses = layout.slot("losses", MEDIAN_OF);
    stage = layout.counter("stage");
    inner = layout.counter("stage-samples");
    end = layout.hiddenCounter("stage-end");
    seen = layout.hiddenCounter("samples");
    random = randomStop ? RandomState.of(context) : null;
    row = new Batch(oracle.schema(Level.UPPER), 1);
    before = new double[oracle.upperDim()];
    gradient = new double[oracle.upperDim()];
    none = new double[oracle.lowerDim()];
  }

  @Override
  public Consumption next(State now) {
    return Consumption.ONE_UPPER;
  }

  @Override
  public void begin(State initial) {
    if (random != null) {
      random.begin(initial);
      initial.counters[end] = drawEnd(random.of(initial));
      random.put(initial);
    } else {
      initial.counters[end] = steps.samples();
    }
  }

  private long drawEnd(SplitMix64 generator) {
    return 1L + generator.index(steps.samples());
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch xi = input.upper().get(0);
    Kernels.copy(now.x, next.x);
    Kernels.copy(now.slots[losses], next.slots[losses]);
    SplitMix64 generator = random == null ? null : random.of(now);
    double sum = 0;
    double step = 0;
    for (int r = 0; r < xi.size(); r++) {
      step = steps.at(next.counters[stage]);
      Kernels.copy(next.x, before);
      double loss = update(step, next, xi, r);
      upperStep.project(next);
      sum += loss;
      next.slots[losses][(int) (next.counters[seen]++ % MEDIAN_OF)] = loss;
      count(next, generator);
    }
    if (random != null) {
      random.put(next);
    }
    figures.losses(sum / xi.size(), Double.NaN);
    Kernels.add(before, -1, next.x, before);
    next.slots[norm][0] = Kernels.norm2(before) / step;
    Kernels.scale(1 / step, before); // as if it were one step
    figures.hypergradient(before);
  }

  private double update(double step, State next, Batch xi, int r) {
    if (sharp != null) {
      return sharp.update(model, step, next.x, xi, r);
    }
    row.clear();
    row.appendRow(xi, r);
    double loss = oracle.upperGradients(next.x, next.y, row, gradient, none);
    Kernels.axpy(-step, gradient, next.x);
    return loss;
  }

  private void count(State next, @Nullable SplitMix64 generator) {
    next.counters[inner]++;
    if (next.counters[inner] >= next.counters[end] && next.counters[stage] < steps.stages() - 1) {
      next.counters[stage]++;
      next.counters[inner] = 0;
      if (generator != null) {
        next.counters[end] = drawEnd(generator);
      }
    }
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", now.slots[norm][0]);
    sink.figure("step-size", steps.at(now.counters[stage]));
    sink.figure("median-residual", median(now));
  }

  /** Of the last samples' losses; outliers do not move it as they move the mean. */
  private double median(State now) {
    int held = (int) Math.min(MEDIAN_OF, now.counters[seen]);
    if (held == 0) {
      return 0;
    }
    double[] sorted = Arrays.copyOf(now.slots[losses], held);
    Arrays.sort(sorted);
    return sorted[held / 2];
  }
}
