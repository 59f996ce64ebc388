package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Batch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recipe on two buffers: a step writes into the spare one, the result is checked finite,
 * then the two are swapped. Refused means not swapped, so a refused step cannot leave a trace. A
 * step that goes well allocates nothing.
 */
final class SteppingSolver implements Solver, Movable {
  private final StateLayout layout;
  private final Recipe recipe;
  private final BilevelOracle oracle;
  private final @Nullable Predictor predictor;
  private final Constraint constraint;
  private final StepFigures figures;
  private State now;
  private State spare;

  SteppingSolver(MethodContext context, Recipe recipe, double[] x1, double[] y1) {
    this.layout = context.layout();
    this.recipe = recipe;
    this.oracle = context.oracle();
    this.predictor = context.predictor();
    this.constraint = context.constraint();
    this.figures = context.figures();
    now = layout.allocate();
    spare = layout.allocateBeside(now);
    Kernels.copy(x1, now.x);
    Kernels.copy(y1, now.y);
    recipe.begin(now);
  }

  @Override
  public int upperDim() {
    return now.x.length;
  }

  @Override
  public int lowerDim() {
    return now.y.length;
  }

  @Override
  public Consumption next() {
    return now.t() == 0 && !recipe.startsOnBatches() ? Consumption.NONE : recipe.next(now);
  }

  @Override
  public Verdict step(StepInput input) {
    check(next(), input);
    score(input);
    layout.carry(now, spare);
    spare.counters[StateLayout.T]++;
    if (now.t() == 0 && recipe.startsOnBatches()) {
      recipe.first(now, spare, input, figures);
    } else if (now.t() == 0) {
      layout.copy(now, spare);
    } else {
      recipe.step(now, spare, input, figures);
    }
    constraint.hold(spare.x);
    int bad = layout.firstNonFinite(spare);
    if (bad >= 0) {
      standStill(input);
      int entry = Kernels.firstNonFinite(spare.slots[bad]);
      return new Verdict.Refused(
          layout.slotName(bad)
              + " would not be finite: entry "
              + entry
              + " was "
              + spare.slots[bad][entry]);
    }
    State old = now;
    now = spare;
    spare = old;
    if (now.t() > 1) {
      recipe.kept(now);
    }
    return Verdict.Advanced.INSTANCE;
  }

  private void score(StepInput input) {
    figures.clear();
    if (predictor != null) {
      for (int i = 0; i < input.lower().size(); i++) {
        predictor.score(now.y, input.lower().get(i), figures.scores(), figures.ranking());
      }
    }
  }

  /** A refused step went nowhere: its batches count with their losses at the point that stands. */
  private void standStill(StepInput input) {
    figures.hypergradient(null);
    figures.losses(
        input.upper().isEmpty()
            ? Double.NaN
            : oracle.upperValue(now.x, now.y, input.upper().get(0)),
        input.lower().isEmpty()
            ? Double.NaN
            : oracle.lowerValue(now.x, now.y, input.lower().get(0)));
  }

  @Override
  public StepFigures figures() {
    return figures;
  }

  /** Refuses to step on other batches than asked for. */
  static void check(Consumption wanted, StepInput input) {
    check("lower", wanted.lower(), input.lower());
    check("upper", wanted.upper(), input.upper());
  }

  private static void check(String level, int wanted, List<Batch> found) {
    if (found.size() != wanted) {
      throw new IllegalArgumentException(
          "the step takes " + wanted + " " + level + " batches, but got " + found.size());
    }
    for (int i = 0; i < wanted; i++) {
      if (found.get(i).size() == 0) {
        throw new IllegalArgumentException(
            "the step needs at least 1 sample in every batch, but "
                + level
                + " batch "
                + i
                + " is empty");
      }
    }
  }

  @Override
  public long steps() {
    return now.t();
  }

  @Override
  public void upper(double[] out) {
    Kernels.copy(now.x, out);
  }

  @Override
  public void lower(double[] out) {
    Kernels.copy(now.y, out);
  }

  @Override
  public void project() {
    recipe.restored();
    constraint.project(now.x);
    recipe.moved(now, constraint);
  }

  @Override
  public void report(Report sink) {
    recipe.report(now, sink);
    for (int i = StateLayout.T + 1; i < layout.counters(); i++) {
      if (!layout.isHidden(i)) {
        sink.figure(layout.counterName(i), (double) now.counters[i]);
      }
    }
  }

  @Override
  public void save(StateSink sink) {
    layout.save(now, sink);
  }

  @Override
  public void restore(StateSource source) {
    // into the spare buffer: a source that fails half way leaves the state as it was
    recipe.restored();
    layout.restore(source, spare);
    State old = now;
    now = spare;
    spare = old;
  }

  /** Fills the spare buffer with NaN, so that a test sees a slot that a step forgot to write. */
  void poisonSpare() {
    for (int i = 0; i < spare.slots.length; i++) {
      if (!layout.isTable(i)) {
        Arrays.fill(spare.slots[i], Double.NaN);
      }
    }
  }
}
