package io.thalweg.solver;

import io.thalweg.sample.Batch;
import java.util.List;

/**
 * The batches of one step, in the order they were drawn from the stream.
 *
 * @param lower lower batches, as many as the method declares
 * @param upper upper batches, as many as the method declares
 */
public record StepInput(List<Batch> lower, List<Batch> upper) {
  /**
   * The usual step: one batch of each level.
   *
   * @param lower lower batch
   * @param upper upper batch
   * @return the input
   */
  public static StepInput of(Batch lower, Batch upper) {
    return new StepInput(List.of(lower), List.of(upper));
  }
}
