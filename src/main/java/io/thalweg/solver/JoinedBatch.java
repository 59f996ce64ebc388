package io.thalweg.solver;

import io.thalweg.sample.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several batches of the stream as one, for methods that now and then average over more samples
 * than a batch holds. Rows are copied in order into a buffer that is kept; the batch knows which of
 * them is from where.
 */
final class JoinedBatch {
  private @Nullable Batch buffer;

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
    for (int i = from; i < to; i++) {
      joined.join(batches.get(i));
    }
    return joined;
  }
}
