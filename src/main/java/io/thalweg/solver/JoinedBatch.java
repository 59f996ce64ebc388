package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several batches of the stream as one, for methods that now and then average over more samples
 * than a batch holds. Rows are copied in order into a buffer that is kept.
 */
final class JoinedBatch {
  private @Nullable Batch buffer;
  private int first;

  /** Of batches that an oracle is asked about; one that weighs rows must know whose they are. */
  JoinedBatch(BilevelOracle oracle) {
    if (oracle instanceof RobustOracle robust) {
      robust.knows(this);
    }
  }

  /**
   * All rows of the batches {@code from} to {@code to - 1}.
   *
   * @return one batch, valid until the next call; the batch itself where there is only one
   */
  Batch of(List<Batch> batches, int from, int to) {
    if (to - from == 1) {
      return batches.get(from);
    }
    int rows = 0;
    for (int i = from; i < to; i++) {
      rows += batches.get(i).size();
    }
    Batch joined = buffer;
    if (joined == null || joined.capacity() < rows) {
      joined = new Batch(batches.get(from).schema(), rows);
      buffer = joined;
    }
    joined.clear();
    first = from;
    for (int i = from; i < to; i++) {
      Batch batch = batches.get(i);
      for (int r = 0; r < batch.size(); r++) {
        joined.appendRow(batch, r);
      }
    }
    return joined;
  }

  /** Whether a batch is the one joined last, a copy of rows of several. */
  boolean holds(Batch batch) {
    return batch == buffer;
  }

  /** The place of the first of the batches joined last. */
  int first() {
    return first;
  }
}
