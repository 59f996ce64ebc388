package io.thalweg.app;

import io.thalweg.pipeline.CheckpointStore;
import io.thalweg.stream.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Takes over the checkpoint of another configuration, for jobs that say {@code on-config-change:
 * continue}: the state goes on, the arithmetic is the new one from here.
 */
final class AdoptingStore implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(AdoptingStore.class);

  private final CheckpointStore store;
  private final String fingerprint;

  /**
   * A view of a store.
   *
   * @param store where checkpoints are found
   * @param fingerprint of the configuration at work
   */
  AdoptingStore(CheckpointStore store, String fingerprint) {
    this.store = store;
    this.fingerprint = fingerprint;
  }

  @Override
  public Mono<Checkpoint> latest() {
    return store.latest().map(this::adopted);
  }

  private Checkpoint adopted(Checkpoint found) {
    if (found.config().equals(fingerprint)) {
      return found;
    }
    LOG.warn(
        "going on from the state of another configuration ({}): on-config-change is continue",
        found.config());
    return new Checkpoint(
        fingerprint,
        found.epoch(),
        found.version(),
        found.previous(),
        found.positions(),
        found.topicIds(),
        found.solver(),
        found.tally());
  }
}
