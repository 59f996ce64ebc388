package io.thalweg.load;

/** A workload file or an option that cannot be used; the message says what was expected where. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A mistake to print and to end with.
   *
   * @param message what was expected, what was found, where
   */
  public ConfigException(String message) {
    super(message);
  }
}
