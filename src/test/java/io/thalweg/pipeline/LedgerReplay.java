package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An independent reading of the ledgers: per lane and level a queue of the accepted samples, taken
 * as the ledger says. Shares no code with the assembler but the rule of roles.
 */
final class LedgerReplay {
  private LedgerReplay() {}

  static double[] run(Toy.Log log, Assembly assembly, List<Snapshot> chain) {
    return run(log, assembly, chain, new Toy.Fold());
  }

  static double[] run(Toy.Log log, Assembly assembly, List<Snapshot> chain, Toy.Fold solver) {
    List<List<Deque<double[]>>> queues = new ArrayList<>();
    for (int lane = 0; lane < log.lanes().size(); lane++) {
      queues.add(List.of(new ArrayDeque<>(), new ArrayDeque<>()));
    }
    boolean prequential = assembly.roles().split() instanceof Roles.Split.Prequential;
    for (Feed feed : assembly.feeds()) {
      for (RecordBatch records : log.records(feed, log.beginning()).toIterable()) {
        for (int i = 0; i < records.size(); i++) {
          Toy.Decoder decoder = new Toy.Decoder();
          int n = decoder.open(records.value(i), null);
          for (int s = 0; s < n; s++) {
            Batch one = new Batch(Toy.SCHEMA, 1);
            if (!decoder.decode(s, Level.LOWER, one)) {
              continue;
            }
            Level level = feed.level();
            if (level == null) {
              level =
                  prequential
                      ? Level.LOWER
                      : assembly
                          .roles()
                          .byHash(false, 0, log.lanes().get(records.lane(i)), records.offset(i), s);
            }
            queues
                .get(records.lane(i))
                .get(level.ordinal())
                .add(new double[] {one.column(0)[0], records.offset(i), s});
          }
        }
      }
    }
    for (Snapshot snapshot : chain) {
      Ledger ledger = snapshot.ledger();
      for (Ledger.Run run : ledger.runs()) {
        for (int k = 0; k < run.steps(); k++) {
          step(solver, queues, run.shape(), prequential);
        }
      }
      for (int lane = 0; lane < queues.size(); lane++) {
        for (Level level : Level.values()) {
          double[] next = queues.get(lane).get(level.ordinal()).peek();
          Position at = snapshot.positions().of(lane, level);
          if (next != null && !(prequential && level == Level.UPPER)) {
            // nothing left in the queue may lie before the position the snapshot claims
            if (new Position((long) next[1], (int) next[2]).compareTo(at) < 0) {
              throw new AssertionError(
                  "lane " + lane + " " + level + " at " + at + " skips samples");
            }
          }
        }
      }
      double[] x = new double[1];
      double[] y = new double[1];
      solver.upper(x);
      solver.lower(y);
      if (x[0] != snapshot.x()[0] || y[0] != snapshot.y()[0]) {
        throw new AssertionError("version " + snapshot.version() + " differs");
      }
    }
    double[] out = new double[2];
    double[] cell = new double[1];
    solver.upper(cell);
    out[0] = cell[0];
    solver.lower(cell);
    out[1] = cell[0];
    return out;
  }

  private static void step(
      Toy.Fold solver, List<List<Deque<double[]>>> queues, int[] shape, boolean prequential) {
    List<Batch> lower = new ArrayList<>();
    List<Batch> upper = new ArrayList<>();
    int i = 0;
    while (i < shape.length) {
      Level level = shape[i] == 0 ? Level.LOWER : Level.UPPER;
      int segments = shape[i + 1];
      i += 2;
      Batch batch = new Batch(Toy.SCHEMA, 1000);
      for (int s = 0; s < segments; s++, i += 2) {
        for (int c = 0; c < shape[i + 1]; c++) {
          double[] row = queues.get(shape[i]).get(level.ordinal()).remove();
          batch.openRow();
          batch.set(0, 0, row[0]);
          batch.commitRow();
        }
      }
      (level == Level.LOWER ? lower : upper).add(batch);
    }
    if (lower.isEmpty()) {
      throw new AssertionError("a step without lower batch");
    }
    solver.step(new StepInput(lower, prequential || upper.isEmpty() ? lower : upper));
  }
}
