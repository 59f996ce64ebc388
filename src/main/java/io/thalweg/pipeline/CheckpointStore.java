package io.thalweg.pipeline;

import io.thalweg.stream.Checkpoint;
import reactor.core.publisher.Mono;

/** Port: where the last committed checkpoint is found. */
public interface CheckpointStore {
  /**
   * The last committed checkpoint of the job.
   *
   * @return empty when the job has none yet
   */
  Mono<Checkpoint> latest();
}
