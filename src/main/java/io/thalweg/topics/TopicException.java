package io.thalweg.topics;

/**
 * A topic file that cannot be used, or a change that is refused; the message says which and why.
 */
public final class TopicException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param message what was expected, what was found, where
   */
  public TopicException(String message) {
    super(message);
  }

  /**
   * A refusal with the exception behind it.
   *
   * @param message what was expected, what was found, where
   * @param cause what was caught
   */
  public TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
