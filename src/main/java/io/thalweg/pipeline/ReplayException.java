package io.thalweg.pipeline;

/** The log does not hold what a ledger names any more. */
public final class ReplayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A complaint about the log.
   *
   * @param message what was expected, what was found, where
   */
  public ReplayException(String message) {
    super(message);
  }
}
