package io.thalweg.pipeline;

/** Step after step was refused: the method cannot go on from its state. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }
}
