package io.thalweg.experiment;

/** An experiment wants data that are not part of the program; says which, and how to get them. */
public final class MissingDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Data are missing.
   *
   * @param message what was expected, and what to type
   */
  public MissingDataException(String message) {
    super(message);
  }
}
