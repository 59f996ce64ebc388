package io.thalweg.app;

import io.thalweg.pipeline.CheckpointStore;
import io.thalweg.pipeline.ResumeException;
import io.thalweg.solver.Constraint;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.StateArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Takes over the checkpoint of another configuration, for jobs that say {@code on-config-change:
 * continue}: the state goes on, the arithmetic is the new one from here. A state that lies outside
 * the new bounds is refused: no step of the new arithmetic could have led there.
 */
final class AdoptingStore implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(AdoptingStore.class);

  /** What rounding may leave between a point of a set and its projection. */
  private static final double ROUNDING = 1e-9;

  private final CheckpointStore store;
  private final String fingerprint;
  private final Constraint bounds;

  /**
   * A view of a store.
   *
   * @param store where checkpoints are found
   * @param fingerprint of the configuration at work
   * @param bounds of the upper variable in the configuration at work
   */
  AdoptingStore(CheckpointStore store, String fingerprint, Constraint bounds) {
    this.store = store;
    this.fingerprint = fingerprint;
    this.bounds = bounds;
  }

  @Override
  public Mono<Checkpoint> latest() {
    return store.latest().map(this::adopted);
  }

  private Checkpoint adopted(Checkpoint found) {
    if (found.config().equals(fingerprint)) {
      return found;
    }
    for (StateArray piece : found.solver()) {
      if (piece instanceof StateArray.Doubles d && d.name().equals("x")) {
        refuseOutside(d.values());
      }
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

  private void refuseOutside(double[] x) {
    double[] nearest = x.clone();
    bounds.project(nearest);
    for (int i = 0; i < x.length; i++) {
      if (!(Math.abs(x[i] - nearest[i]) <= ROUNDING * Math.max(1, Math.abs(x[i])))) {
        throw new ResumeException(
            "the checkpoint holds x["
                + i
                + "] = "
                + x[i]
                + ", which lies outside upper.constraint or the bounds of the problem (the nearest"
                + " point inside has "
                + nearest[i]
                + "): widen them, or give the job another name to start afresh");
      }
    }
  }
}
