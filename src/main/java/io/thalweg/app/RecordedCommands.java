package io.thalweg.app;

import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.pipeline.CommandReader;
import io.thalweg.pipeline.ControlRecord;
import io.thalweg.pipeline.ReplayException;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import org.jspecify.annotations.Nullable;

/** The commands of ledgers, and the snapshots of the topic that they go back to. */
final class RecordedCommands implements CommandReader {
  private final SnapshotRegistry registry;

  RecordedCommands(SnapshotRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Asked read(String text) {
    try {
      CommandCodec.Decoded read = CommandCodec.decode(text);
      return new Asked(read.instruction(), read.signature());
    } catch (CommandFormatException e) {
      throw new ReplayException("the command " + text + " of a ledger: " + e.getMessage());
    }
  }

  @Override
  public ControlRecord.@Nullable Target snapshot(long version) {
    SnapshotRegistry.Found found = registry.find(version);
    if (found == null) {
      return null;
    }
    Snapshot snapshot = found.snapshot();
    return new ControlRecord.Target(version, snapshot.x(), snapshot.y());
  }
}
