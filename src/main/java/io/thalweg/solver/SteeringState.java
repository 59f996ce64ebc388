package io.thalweg.solver;

import io.thalweg.solver.Solver.StateSink;
import io.thalweg.solver.Solver.StateSource;

/**
 * What commands have made of a job. Part of the state, as soon as there was one: a state without it
 * is that of a job that never took a command.
 */
final class SteeringState {
  /** Name in the state: commands taken, lives, steps of all but the present one, coordinates. */
  static final String NAME = "steering";

  private static final String FACTOR = "steering.step-size";

  final CoordinateBounds bounds = new CoordinateBounds();

  /** Of the step sizes that the job says. */
  double factor = 1;

  /** Commands taken. */
  long commands;

  /** How often the method began anew. */
  long lives;

  /** Steps of the lives before the present one. */
  long before;

  void save(StateSink sink) {
    if (commands == 0) {
      return;
    }
    sink.longs(NAME, commands, lives, before, bounds.size());
    sink.doubles(FACTOR, new double[] {factor}, 0, 1);
    bounds.save(sink);
  }

  /**
   * What {@link #save} wrote.
   *
   * @param p length of the upper variable
   */
  static SteeringState read(StateSource source, int p) {
    SteeringState out = new SteeringState();
    if (!source.has(NAME)) {
      return out;
    }
    long[] counts = new long[4];
    source.longs(NAME, counts);
    if (!(counts[3] >= 0 && counts[3] <= CoordinateBounds.MOST)) {
      throw new IllegalArgumentException(
          "the state must bound at most "
              + CoordinateBounds.MOST
              + " coordinates, but had "
              + counts[3]);
    }
    double[] one = new double[1];
    source.doubles(FACTOR, one, 0, 1);
    if (!isFactor(one[0])) {
      throw new IllegalArgumentException(
          "the state must have a positive factor of the step sizes, but had " + one[0]);
    }
    out.factor = one[0];
    out.commands = counts[0];
    out.lives = counts[1];
    out.before = counts[2];
    out.bounds.take(CoordinateBounds.read(source, (int) counts[3], p));
    return out;
  }

  static boolean isFactor(double factor) {
    return factor > 0 && factor < Double.POSITIVE_INFINITY;
  }

  /** What is in force. */
  void tell(Solver.SteeredSink sink) {
    if (factor != 1) {
      sink.stepSizes(factor);
    }
    bounds.tell(sink);
  }

  void take(SteeringState other) {
    factor = other.factor;
    commands = other.commands;
    lives = other.lives;
    before = other.before;
    bounds.take(other.bounds);
  }
}
