package io.thalweg.broker;

/** The embedded broker cannot start, stop or go on; the message says why and where its log is. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure with nothing beneath it.
   *
   * @param message what was expected, what was found, where
   */
  public BrokerException(String message) {
    super(message);
  }

  /**
   * A failure with its cause.
   *
   * @param message what was expected, what was found, where
   * @param cause what went wrong beneath
   */
  public BrokerException(String message, Throwable cause) {
    super(message, cause);
  }
}
