package io.thalweg.pipeline;

import io.thalweg.stream.Instruction;
import org.jspecify.annotations.Nullable;

/** Port: what a replay has to know of the commands in a ledger. */
public interface CommandReader {
  /**
   * Reads a command.
   *
   * @param text as a ledger keeps it
   * @return what it asks for
   * @throws RuntimeException when this program does not know such a command
   */
  Instruction read(String text);

  /**
   * The snapshot that a command goes back to.
   *
   * @param version which
   * @return its point, null when it is gone
   */
  ControlRecord.@Nullable Target snapshot(long version);
}
