package io.thalweg.load.bench;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.load.CpuTime;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Cost of a step alone: no Kafka, no decoding; thread CPU, median of windows on distinct pairs of
 * batches.
 *
 * @param method of the solver
 * @param features length of the model
 * @param entries of a row that are not zero; all of them make it dense
 * @param rows samples per step and level
 */
record StepCost(String method, int features, int entries, int rows) {
  private static final int WARM_UP = 2;
  private static final int WINDOWS = 5;
  private static final int MOST_PAIRS = 400;

  /** Numbers in all batches together: as many pairs as this allows. */
  private static final long MOST_NUMBERS = 20_000_000;

  /**
   * CPU-microseconds per step.
   *
   * @param cpuMillis how long a window is, about
   */
  double micros(double cpuMillis) {
    JobConfig job = job();
    Problem problem = job.problem();
    StepInput[] inputs = inputs(problem.schema(Level.LOWER));
    Solver solver = job.solver(problem);
    int steps = 16;
    double[] cost = new double[WINDOWS];
    for (int w = -WARM_UP; w < WINDOWS; w++) {
      long before = CpuTime.ofThread();
      int done = 0;
      while (CpuTime.ofThread() - before < 1e6 * cpuMillis) {
        for (int i = 0; i < steps; i++) {
          solver.step(inputs[(done + i) % inputs.length]);
        }
        done += steps;
      }
      if (w >= 0) {
        cost[w] = (CpuTime.ofThread() - before) / 1e3 / done;
      }
    }
    return Round.median(cost);
  }

  /** Distinct coordinates that the rows of a step touch, on average. */
  double distinct() {
    StepInput[] inputs = inputs(job().problem().schema(Level.LOWER));
    double sum = 0;
    for (StepInput input : inputs) {
      BitSet seen = new BitSet(features);
      for (Batch batch : List.of(input.lower().get(0), input.upper().get(0))) {
        for (int k = 0; k < batch.rowStart()[rows]; k++) {
          seen.set(batch.index()[k]);
        }
      }
      sum += seen.cardinality();
    }
    return sum / inputs.length;
  }

  private JobConfig job() {
    boolean dense = entries == features;
    return new JobReader(Map.of(), List.of())
        .read(
            """
            job: steps
            problem:
              type: logistic-regression
              features: %d
              encoding: %s
              hyperparameters: {l2: {per: %s}}
            solver: {method: %s, hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}, lambda: 0.3}
            """
                .formatted(
                    features, dense ? "dense" : "sparse", dense ? "feature" : "global", method),
            "steps.yaml");
  }

  private StepInput[] inputs(SampleSchema schema) {
    SplittableRandom random = new SplittableRandom(1);
    int pairs = (int) Math.max(2, Math.min(MOST_PAIRS, MOST_NUMBERS / (2L * rows * entries)));
    StepInput[] inputs = new StepInput[pairs];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = StepInput.of(batch(random, schema), batch(random, schema));
    }
    return inputs;
  }

  private Batch batch(SplittableRandom random, SampleSchema schema) {
    Batch batch = new Batch(schema, rows);
    for (int r = 0; r < rows; r++) {
      if (entries == features) {
        batch.openRow();
        for (int j = 0; j < features; j++) {
          batch.set(schema.featuresColumn(), j, random.nextDouble() - 0.5);
        }
        batch.set(schema.column("y"), 0, random.nextInt(2));
        batch.commitRow();
      } else {
        SampleValues.sparseRow(random, features, entries, batch);
      }
    }
    return batch;
  }
}
