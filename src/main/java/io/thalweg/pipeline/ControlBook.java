package io.thalweg.pipeline;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.StateArray;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint knows of the control topic: which record is read next, so that a command takes
 * effect once over any crash, and which one paused the run. Checkpoints of earlier versions lack
 * it.
 *
 * @param next offset of the record to read next
 * @param pausedBy offset of the command that paused the run, -1 where it is not paused
 */
record ControlBook(long next, long pausedBy) {
  private static final String NAME = "control";

  /** What a checkpoint says, null where it says nothing. */
  static @Nullable ControlBook of(@Nullable Checkpoint from) {
    if (from != null) {
      for (StateArray piece : from.tally()) {
        if (piece instanceof StateArray.Longs longs
            && longs.name().equals(NAME)
            && longs.values().length == 2) {
          return new ControlBook(longs.values()[0], longs.values()[1]);
        }
      }
    }
    return null;
  }

  StateArray save() {
    return new StateArray.Longs(NAME, new long[] {next, pausedBy});
  }
}
