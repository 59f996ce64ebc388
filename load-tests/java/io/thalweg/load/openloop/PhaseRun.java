package io.thalweg.load.openloop;

import io.thalweg.load.workload.Phase;

/**
 * A phase as it went.
 *
 * @param phase what was to happen
 * @param start in microseconds of the shared clock
 * @param end the same
 * @param before CPU time used before it
 * @param after CPU time used until its end
 */
record PhaseRun(Phase phase, long start, long end, Usage before, Usage after) {
  double seconds() {
    return (end - start) / 1e6;
  }

  boolean has(long due) {
    return start <= due && due < end;
  }

  double solverCores() {
    return cores(after.solver() - before.solver());
  }

  double brokerCores() {
    return cores(after.brokers() - before.brokers());
  }

  double generatorCores() {
    return cores(after.generator() - before.generator());
  }

  /** By the time between the looks: a late generator ends a phase after its time. */
  private double cores(long cpuNanos) {
    return (double) cpuNanos / Math.max(1, after.at() - before.at());
  }
}
