package io.thalweg.pipeline;

/** One level of a shared topic got no sample at all while the other filled its bound. */
public final class StarvedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StarvedException(String message) {
    super(message);
  }
}
