package io.thalweg.app;

import io.thalweg.stream.Instruction;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;

/** Whether a job is paused, from the commands in the ledgers of its snapshots. */
final class Pauses {
  private Pauses() {}

  /** Whether it is after a snapshot, given whether it was before. */
  static boolean after(Snapshot snapshot, boolean before) {
    boolean paused = before && snapshot.ledger().runs().isEmpty();
    for (Ledger.Command command : snapshot.ledger().commands()) {
      try {
        Instruction asked = CommandCodec.decode(command.text()).instruction();
        paused =
            asked instanceof Instruction.Pause
                || (paused && !(asked instanceof Instruction.Resume));
      } catch (CommandFormatException ofLaterVersion) {
        // says nothing of pauses that this program knows
      }
    }
    return paused;
  }
}
