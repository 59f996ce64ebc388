package io.thalweg.solver;

/**
 * A method that knows how to begin anew where it is, and has more to keep than x and y. It sees to
 * commands by itself.
 */
interface Restartable {
  /** Forgets what it remembers of the stream; its models stay. */
  void restart();
}
