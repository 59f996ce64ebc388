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
    return (after.solver() - before.solver()) / 1e3 / (end - start);
  }

  double brokerCores() {
    return (after.brokers() - before.brokers()) / 1e3 / (end - start);
  }

  double generatorCores() {
    return (after.generator() - before.generator()) / 1e3 / (end - start);
  }
}
