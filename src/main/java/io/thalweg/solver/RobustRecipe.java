package io.thalweg.solver;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;
import java.util.List;

/**
 * A recipe on batches whose rows are weighed first. Tells the {@link RobustOracle} where steps
 * begin, and keeps in the state what it did: the largest variance left, rounds and removed weight
 * of the last step, rows removed and batches that could not be weighed in all.
 */
final class RobustRecipe extends ForwardingRecipe {
  private static final List<String> FIGURES =
      List.of(
          "aggregator-lambda-lower",
          "aggregator-rounds-lower",
          "aggregator-removed-lower",
          "aggregator-lambda-upper",
          "aggregator-rounds-upper",
          "aggregator-removed-upper");

  private static final int OF_A_LEVEL = 3;

  private final RobustOracle oracle;
  private final int slot;
  private final int lowerRows;
  private final int upperRows;
  private final int unweighed;

  /** The decorated recipe has declared its state already. */
  RobustRecipe(Recipe recipe, RobustOracle oracle, StateLayout layout) {
    super(recipe);
    this.oracle = oracle;
    slot = layout.slot(Aggregator.KEY, FIGURES.size());
    lowerRows = layout.counter("aggregator-rows-removed-lower");
    upperRows = layout.counter("aggregator-rows-removed-upper");
    unweighed = layout.counter("aggregator-batches-unweighed");
  }

  @Override
  public void first(State now, State next, StepInput input, StepFigures figures) {
    oracle.beginStep();
    super.first(now, next, input, figures);
    note(next, input, figures);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    oracle.beginStep();
    super.step(now, next, input, figures);
    note(next, input, figures);
  }

  @Override
  public void step(State now, double[] from, State next, StepInput input, StepFigures figures) {
    oracle.beginStep();
    super.step(now, from, next, input, figures);
    note(next, input, figures);
  }

  private void note(State next, StepInput input, StepFigures figures) {
    double[] seen = next.slots[slot];
    Arrays.fill(seen, 0);
    for (int k = 0; k < oracle.count(); k++) {
      RobustOracle.Weighed by = oracle.weighed(k);
      if (!by.isTold()) {
        next.counters[unweighed]++;
        continue;
      }
      boolean lower = by.level() == Level.LOWER;
      int at = lower ? 0 : OF_A_LEVEL;
      seen[at] = Math.max(seen[at], by.lambda());
      seen[at + 1] = Math.max(seen[at + 1], by.rounds());
      seen[at + 2] = Math.max(seen[at + 2], by.removed());
      next.counters[lower ? lowerRows : upperRows] += by.rowsWithoutWeight();
      name(by, lower ? input.lower() : input.upper(), figures);
    }
  }

  /**
   * Names the rows without weight by the batches of the step, whichever batch they came to be in.
   */
  private static void name(RobustOracle.Weighed by, List<Batch> batches, StepFigures figures) {
    for (int k = 0; k < by.rowsWithoutWeight(); k++) {
      Batch origin = by.originWithoutWeight(k);
      for (int b = 0; b < batches.size(); b++) {
        if (batches.get(b) == origin) {
          figures.removed(by.level(), b, by.rowWithoutWeight(k));
          break;
        }
      }
    }
  }

  @Override
  public void restored() {
    oracle.beginStep();
    super.restored();
  }

  @Override
  public void report(State now, Solver.Report sink) {
    super.report(now, sink);
    for (int i = 0; i < FIGURES.size(); i++) {
      sink.figure(FIGURES.get(i), now.slots[slot][i]);
    }
  }
}
