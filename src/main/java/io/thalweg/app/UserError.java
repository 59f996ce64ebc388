package io.thalweg.app;

import org.jspecify.annotations.Nullable;

/**
 * A failure the user can mend. The message is printed as it stands, without a stack trace: it says
 * what was expected, what was found and where.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One of {@link ExitCode}. */
  private final int code;

  /**
   * An error to print and to end with.
   *
   * @param code one of {@link ExitCode}
   * @param message what was expected, what was found, where, and what to type
   */
  public UserError(int code, String message) {
    this(code, message, null);
  }

  /**
   * An error with the exception behind it, shown with {@code --verbose}.
   *
   * @param code one of {@link ExitCode}
   * @param message what was expected, what was found, where, and what to type
   * @param cause what was caught
   */
  public UserError(int code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * The exit code.
   *
   * @return one of {@link ExitCode}
   */
  public int code() {
    return code;
  }
}
