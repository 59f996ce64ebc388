package io.thalweg.kafka;

import io.thalweg.pipeline.ControlRecord;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotFormatException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the snapshots that a job is to go back to, for the rollbacks of one read of the control
 * topic: the same one is looked up once, and the snapshot topic is walked once for all of them.
 * Blocks, for a bounded time: while a broker is away the rollbacks are turned away, since the
 * commands behind them wait. Used by one thread.
 */
final class ControlTargets implements ControlDecoder.Targets {
  private final Lookup lookup;
  private final String config;
  private final Map<Instruction, Answer> known = new HashMap<>();

  /** Where snapshots are found. */
  interface Lookup extends AutoCloseable {
    /** One by its version, null when it is gone. */
    SnapshotRegistry.@Nullable Found find(long version);

    /** One by an alias, null when that points to nothing. */
    SnapshotRegistry.@Nullable Found find(SnapshotAlias alias);

    @Override
    void close();
  }

  /**
   * What was found.
   *
   * @param target the point, null when there is none to go back to
   * @param refusal why, empty when there is one
   */
  record Answer(ControlRecord.@Nullable Target target, String refusal) {
    static Answer refused(String why) {
      return new Answer(null, why);
    }
  }

  /**
   * A view of a registry.
   *
   * @param lookup the snapshots of the job; closed with this
   * @param config fingerprint of the configuration at work
   */
  ControlTargets(Lookup lookup, String config) {
    this.lookup = lookup;
    this.config = config;
  }

  @Override
  public Answer find(Instruction rollback) {
    Answer before = known.get(rollback);
    if (before != null) {
      return before;
    }
    Answer found = look(rollback);
    known.put(rollback, found);
    return found;
  }

  private Answer look(Instruction rollback) {
    String name =
        rollback instanceof Instruction.RollBackTo to
            ? to.alias()
            : "version " + ((Instruction.RollBack) rollback).version();
    try {
      SnapshotRegistry.Found found = found(rollback);
      if (found != null) {
        return answer(found.snapshot());
      }
      return Answer.refused(
          rollback instanceof Instruction.RollBackTo
              ? "no snapshot is " + name
              : name + " is not in the snapshot topic, or not any more");
    } catch (SnapshotFormatException e) {
      return Answer.refused("snapshot " + name + " cannot be read: " + e.getMessage());
    } catch (KafkaFailure e) {
      return Answer.refused(
          name
              + " could not be looked up in the snapshot topic: "
              + e.getMessage()
              + "; nothing was changed, send the command again when the topic can be read. A version"
              + " far back is found at once where it is pinned: thalweg snapshot pin, then rollback"
              + " pinned");
    }
  }

  private SnapshotRegistry.@Nullable Found found(Instruction rollback) {
    if (rollback instanceof Instruction.RollBackTo to) {
      SnapshotAlias alias = SnapshotAlias.named(to.alias());
      return alias == null ? null : lookup.find(alias);
    }
    return lookup.find(((Instruction.RollBack) rollback).version());
  }

  private Answer answer(Snapshot found) {
    if (!found.config().equals(config)) {
      return Answer.refused(
          "version "
              + found.version()
              + " was made by configuration "
              + found.config()
              + ", but this one is "
              + config);
    }
    return new Answer(new ControlRecord.Target(found.version(), found.x(), found.y()), "");
  }

  @Override
  public void close() {
    lookup.close();
  }
}
