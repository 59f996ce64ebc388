package io.thalweg.files;

import org.jspecify.annotations.Nullable;

/** A file that cannot be read, or written, as it was asked; says which and where. */
public final class SampleFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A complaint about one file.
   *
   * @param message the file, the line where there is one, what was expected and what was found
   * @param cause what was caught, or null
   */
  public SampleFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
