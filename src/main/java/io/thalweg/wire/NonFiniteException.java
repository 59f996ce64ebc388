package io.thalweg.wire;

/** Something that is not a finite number was about to be published: nothing such ever is. */
public final class NonFiniteException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * Names the culprit.
   *
   * @param what the number's place in the record, for example {@code x[3]}
   * @param value NaN or an infinity
   */
  public NonFiniteException(String what, double value) {
    super("a snapshot holds finite numbers only, but " + what + " was " + value);
  }
}
