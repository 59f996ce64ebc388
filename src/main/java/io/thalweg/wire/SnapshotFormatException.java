package io.thalweg.wire;

import io.thalweg.stream.OneLine;
import org.jspecify.annotations.Nullable;

/** Bytes that are not a snapshot, or not the snapshot they claim to be. */
public final class SnapshotFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A complaint about one record.
   *
   * @param message what was expected and what was found
   */
  public SnapshotFormatException(String message) {
    this(message, null);
  }

  /**
   * A complaint with the exception behind it.
   *
   * @param message what was expected and what was found
   * @param cause what was caught
   */
  public SnapshotFormatException(String message, @Nullable Throwable cause) {
    super(OneLine.of(message), cause); // it may quote what was found
  }
}
