package io.thalweg.files;

import io.thalweg.pipeline.CheckpointStore;
import io.thalweg.stream.Checkpoint;
import reactor.core.publisher.Mono;

/** Every run is the first. */
public final class NoCheckpoint implements CheckpointStore {
  /** A store without content. */
  public NoCheckpoint() {}

  @Override
  public Mono<Checkpoint> latest() {
    return Mono.empty();
  }
}
