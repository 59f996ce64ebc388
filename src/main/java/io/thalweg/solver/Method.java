package io.thalweg.solver;

/** One entry of the catalogue. */
interface Method {
  /** What a user reads about it. */
  MethodInfo info();

  /** Reads its settings, checks what the oracle offers, declares its state. */
  Recipe recipe(MethodContext context);

  /**
   * The method at its initial point; overridden where a problem allows another form of the step.
   */
  default Solver solver(MethodContext context, double[] x1, double[] y1) {
    return new SteppingSolver(context.layout(), recipe(context), context.oracle(), x1, y1);
  }
}
