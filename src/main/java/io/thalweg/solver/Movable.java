package io.thalweg.solver;

/** A method whose constraint may change while it is at work. */
interface Movable {
  /** Brings x back into the constraint, between two steps; all else stays as it is. */
  void project();
}
