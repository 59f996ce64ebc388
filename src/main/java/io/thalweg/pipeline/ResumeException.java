package io.thalweg.pipeline;

/** The checkpoint does not belong to what is started now: another configuration or another log. */
public final class ResumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A complaint about the checkpoint.
   *
   * @param message what was expected, what was found, and the ways out
   */
  public ResumeException(String message) {
    super(message);
  }
}
