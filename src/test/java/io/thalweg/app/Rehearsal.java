package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.config.JobConfig;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a job in a plain loop: what every step takes in and where it leads, by which the
 * same job is judged that runs on topics. Every batch is full.
 */
final class Rehearsal {
  /** Where a rehearsal has its rows from. */
  @FunctionalInterface
  interface Rows {
    /** The next full batch of a level, null when there is none. */
    Batch next(Level level, int rows);
  }

  /**
   * A step.
   *
   * @param x upper variable after it
   * @param y lower variable after it
   * @param drawn rows of each level that were drawn up to here
   * @param lower rows that served as lower ones up to here
   * @param upper rows that served as upper ones up to here
   */
  record Step(double[] x, double[] y, Map<Level, Integer> drawn, int lower, int upper) {}

  private final JobConfig job;
  private final Problem problem;
  private final Map<Level, List<Batch>> taken = new EnumMap<>(Level.class);
  private final List<Step> steps = new ArrayList<>();
  private int lowerRows;
  private int upperRows;

  private Rehearsal(JobConfig job) {
    this.job = job;
    this.problem = job.problem();
    for (Level level : Level.values()) {
      taken.put(level, new ArrayList<>());
    }
  }

  /** So many steps at the most, on rows as they are asked for. */
  static Rehearsal of(JobConfig job, int steps, Rows rows) {
    Rehearsal out = new Rehearsal(job);
    Solver solver = job.solver(out.problem);
    while (out.steps.size() < steps) {
      StepInput input = out.input(solver.next(), rows);
      if (input == null) {
        break;
      }
      assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
      out.note(solver, input);
    }
    return out;
  }

  private StepInput input(Consumption need, Rows rows) {
    if (CatalogueJob.isPrequential(job)) {
      List<Batch> both = new ArrayList<>();
      return draw(Level.LOWER, Math.max(need.lower(), need.upper()), rows, both)
          ? new StepInput(both.subList(0, need.lower()), both.subList(0, need.upper()))
          : null;
    }
    List<Batch> lower = new ArrayList<>();
    List<Batch> upper = new ArrayList<>();
    return draw(Level.LOWER, need.lower(), rows, lower)
            && draw(Level.UPPER, need.upper(), rows, upper)
        ? new StepInput(lower, upper)
        : null;
  }

  private boolean draw(Level level, int count, Rows rows, List<Batch> out) {
    int size = level == Level.LOWER ? job.batching().lower() : job.batching().upper();
    for (int i = 0; i < count; i++) {
      Batch batch = rows.next(level, size);
      if (batch == null) {
        return false;
      }
      taken.get(level).add(batch);
      out.add(batch);
    }
    return true;
  }

  private void note(Solver solver, StepInput input) {
    double[] x = new double[solver.upperDim()];
    double[] y = new double[solver.lowerDim()];
    solver.upper(x);
    solver.lower(y);
    lowerRows += rows(input.lower());
    upperRows += rows(input.upper());
    Map<Level, Integer> drawn = new EnumMap<>(Level.class);
    taken.forEach((level, batches) -> drawn.put(level, rows(batches)));
    steps.add(new Step(x, y, drawn, lowerRows, upperRows));
  }

  private static int rows(List<Batch> batches) {
    return batches.stream().mapToInt(Batch::size).sum();
  }

  /** The steps, the first at 0. */
  List<Step> steps() {
    return steps;
  }

  /** After so many steps. */
  Step after(long step) {
    return steps.get((int) step - 1);
  }

  /** Rows of a level that a step drew, the mean over all steps. */
  double meanRows(Level level) {
    return (double) rows(taken.get(level)) / steps.size();
  }

  /** Most rows of a level that a step drew. */
  int mostRows(Level level) {
    int most = 0;
    int before = 0;
    for (Step step : steps) {
      int drawn = step.drawn().get(level);
      most = Math.max(most, drawn - before);
      before = drawn;
    }
    return most;
  }

  /** All rows of a level, in the order of the steps. */
  Batch rows(Level level) {
    SampleSchema schema = problem.schema(level);
    Batch out = new Batch(schema, Math.max(1, rows(taken.get(level))));
    for (Batch batch : taken.get(level)) {
      for (int r = 0; r < batch.size(); r++) {
        out.appendRow(batch, r);
      }
    }
    return out;
  }
}
