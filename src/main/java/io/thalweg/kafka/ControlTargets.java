package io.thalweg.kafka;

import io.thalweg.pipeline.ControlRecord;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotFormatException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Looks up the snapshots that a job is to go back to; blocks while it reads the topic. */
final class ControlTargets {
  private final SnapshotRegistry registry;
  private final String config;

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
   * @param registry the snapshots of the job
   * @param config fingerprint of the configuration at work
   */
  ControlTargets(SnapshotRegistry registry, String config) {
    this.registry = registry;
    this.config = config;
  }

  /** The snapshot that an instruction names. */
  Answer find(Instruction rollback) {
    String name =
        rollback instanceof Instruction.RollBackTo to
            ? to.alias()
            : "version " + ((Instruction.RollBack) rollback).version();
    try {
      SnapshotRegistry.Found found =
          rollback instanceof Instruction.RollBackTo to
              ? registry.find(SnapshotAlias.valueOf(to.alias().toUpperCase(Locale.ROOT)))
              : registry.find(((Instruction.RollBack) rollback).version());
      if (found != null) {
        return answer(found.snapshot());
      }
      return Answer.refused(
          rollback instanceof Instruction.RollBackTo
              ? "no snapshot is " + name
              : name + " is not in the snapshot topic, or not any more");
    } catch (SnapshotFormatException e) {
      return Answer.refused("snapshot " + name + " cannot be read: " + e.getMessage());
    }
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
}
