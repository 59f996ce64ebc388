package io.thalweg.solver;

/**
 * A number a recipe reports about its last step. It is part of the state, so that it is there after
 * a restore as well, and so that a step during which it overflows is refused.
 *
 * @param name as reported, lower case with dashes
 * @param slot where the state holds it
 */
record Figure(String name, int slot) {
  /** Declares it. */
  static Figure of(MethodContext context, String name) {
    return new Figure(name, context.layout().slot(name, 1));
  }

  void note(State next, double value) {
    next.slots[slot][0] = value;
  }

  void report(State now, Solver.Report sink) {
    sink.figure(name, now.slots[slot][0]);
  }
}
