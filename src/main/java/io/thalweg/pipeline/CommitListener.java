package io.thalweg.pipeline;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears of every cut once it is durable: what a reader of committed records sees from now on.
 * Called in order on the thread that commits, which it holds up.
 */
public interface CommitListener {
  /** Hears nothing. */
  CommitListener NONE = (snapshot, sha256, best, deadLetters) -> {};

  /**
   * A cut was committed.
   *
   * @param snapshot what was published, or null when the cut published nothing
   * @param sha256 of the record's value, in hexadecimal digits
   * @param best whether it is the best of the job so far, by its smoothed validation loss
   * @param deadLetters what could not be used since the cut before
   */
  void committed(
      @Nullable Snapshot snapshot, String sha256, boolean best, List<DeadLetter> deadLetters);
}
