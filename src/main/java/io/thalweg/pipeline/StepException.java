package io.thalweg.pipeline;

/** A step ended with an exception of the problem or of the method: a mistake in one of them. */
public final class StepException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StepException(long step, Class<?> problem, RuntimeException cause) {
    super(
        "step "
            + step
            + " on problem "
            + problem.getName()
            + ": unexpected "
            + cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage()),
        cause);
  }
}
