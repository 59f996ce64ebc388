package io.thalweg.solver;

/** One entry of the catalogue. */
interface Method {
  /** What a user reads about it. */
  MethodInfo info();

  /** Reads its settings, checks what the oracle offers, declares its state. */
  Recipe recipe(MethodContext context);
}
