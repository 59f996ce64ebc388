package io.thalweg.pipeline;

import java.util.concurrent.CompletionStage;

/** Port: asks the leader of a job for something, and hears what came of it. */
public interface Controls {
  /**
   * What came of a command.
   *
   * @param applied whether it was obeyed
   * @param reason what was done, or why it was not, in words
   * @param offset of the command's record
   * @param step t of the method between whose step and the next one it took effect
   * @param version of the snapshot that holds the answer
   */
  record Outcome(boolean applied, String reason, long offset, long step, long version) {}

  /**
   * Writes a command to the control topic and waits for the committed answer.
   *
   * @param json value of the record: an object with the key {@code command}; {@code schema} may be
   *     left out
   * @return the answer; fails with an {@link IllegalArgumentException} when it is no command, in
   *     which case nothing was written, and with a {@link java.util.concurrent.TimeoutException},
   *     whose message names the offset, when nobody answered in time: then the command stands in
   *     the topic and takes effect when a leader reads it
   */
  CompletionStage<Outcome> send(String json);
}
