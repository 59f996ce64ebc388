package io.thalweg.peers;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepFigures;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The solver of a job on decoded batches, without Kafka. As with {@code split: prequential}, every
 * batch serves the upper level, which tunes the penalties, and the lower one, which learns the
 * model. Most methods predict a batch as a whole before they learn it.
 */
final class ThalwegPeer implements Peer {
  private final Solver solver;
  private final List<Batch> batches = new ArrayList<>();
  private final double[] scores = new double[3];
  private final int featuresColumn;
  private final int labelColumn;
  private int used;

  ThalwegPeer(String job) {
    JobConfig config = new JobReader(Map.of(), List.of()).read(job, "peers.yaml");
    Problem problem = config.problem();
    solver = config.solver(problem);
    if (solver.next().equals(Consumption.NONE)) {
      solver.step(new StepInput(List.of(), List.of())); // the initial point
    }
    int rows = config.batching().lower();
    for (int i = 0; i < (Chunk.CAPACITY + rows - 1) / rows; i++) {
      batches.add(new Batch(problem.schema(Level.LOWER), rows));
    }
    featuresColumn = problem.schema(Level.LOWER).featuresColumn();
    labelColumn = problem.schema(Level.LOWER).column("y");
  }

  @Override
  public void prepare(Chunk chunk) {
    batches.forEach(Batch::clear);
    used = 1;
    for (int r = 0; r < chunk.rows(); r++) {
      Batch batch = batches.get(used - 1);
      if (batch.isFull()) {
        batch = batches.get(used++);
      }
      append(chunk, r, batch);
    }
  }

  private void append(Chunk chunk, int row, Batch batch) {
    batch.openRow();
    for (int k = chunk.start[row]; k < chunk.start[row + 1]; k++) {
      if (chunk.sparse) {
        batch.append(chunk.index[k], chunk.value[k]);
      } else {
        batch.set(featuresColumn, k - chunk.start[row], chunk.value[k]);
      }
    }
    batch.set(labelColumn, 0, chunk.label[row]);
    batch.commitRow();
  }

  @Override
  public void learn() {
    for (int i = 0; i < used; i++) {
      Batch batch = batches.get(i);
      if (solver.step(StepInput.of(batch, batch)) instanceof Verdict.Refused refused) {
        throw new IllegalStateException("a step was refused: " + refused.reason());
      }
      StepFigures figures = solver.figures();
      for (int k = 0; k < scores.length; k++) {
        scores[k] += figures.scores()[k];
      }
    }
  }

  @Override
  public void score(Tally tally) {
    tally.add(scores[0], scores[1], scores[2]);
    java.util.Arrays.fill(scores, 0);
  }
}
