package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;

/** Batches of one record that holds nothing but defaults: problems of noise without any. */
public final class Exact {
  private Exact() {}

  /** One such record. */
  public static Batch batch(Problem problem, Level level) {
    Batch batch = new Batch(problem.schema(level), 1);
    batch.openRow();
    batch.commitRow();
    return batch;
  }
}
