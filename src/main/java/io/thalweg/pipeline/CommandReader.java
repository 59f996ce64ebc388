package io.thalweg.pipeline;

import io.thalweg.stream.Instruction;
import io.thalweg.stream.Signature;
import org.jspecify.annotations.Nullable;

/** Port: what a replay has to know of the commands in a ledger. */
public interface CommandReader {
  /**
   * Reads a command.
   *
   * @param text as a ledger keeps it
   * @return what it asks for, and who does
   * @throws RuntimeException when this program does not know such a command
   */
  Asked read(String text);

  /**
   * A command of a ledger.
   *
   * @param instruction what it asks for
   * @param signature what its sender says of it and of himself
   */
  record Asked(Instruction instruction, Signature signature) {}

  /**
   * The snapshot that a command goes back to.
   *
   * @param version which
   * @return its point, null when it is gone
   */
  ControlRecord.@Nullable Target snapshot(long version);
}
