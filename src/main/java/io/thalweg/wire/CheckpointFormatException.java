package io.thalweg.wire;

/** Bytes that are not a checkpoint this program can take up. */
public final class CheckpointFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A complaint about one record.
   *
   * @param message what was expected and what was found
   */
  public CheckpointFormatException(String message) {
    super(message);
  }
}
