package io.thalweg.wire;

import io.thalweg.stream.OneLine;
import org.jspecify.annotations.Nullable;

/** A record of the control topic that is no command; the message says why, in words for people. */
public final class CommandFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Characters of a message: it may quote what was found. */
  private static final int LONGEST = 300;

  /**
   * A complaint about one command.
   *
   * @param message what was expected and what was found
   */
  public CommandFormatException(String message) {
    this(message, null);
  }

  /**
   * A complaint with the exception behind it.
   *
   * @param message what was expected and what was found
   * @param cause what was caught
   */
  public CommandFormatException(String message, @Nullable Throwable cause) {
    super(OneLine.of(message, LONGEST), cause);
  }
}
