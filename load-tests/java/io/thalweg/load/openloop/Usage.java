package io.thalweg.load.openloop;

import io.thalweg.load.CpuTime;

/**
 * CPU time used so far, in nanoseconds.
 *
 * @param at when it was looked up, by {@link System#nanoTime}
 * @param solver of the solver's process, all its lives
 * @param brokers of all nodes
 * @param generator of this process, which reads the snapshots too
 */
record Usage(long at, long solver, long brokers, long generator) {
  static Usage now(SolverProcess solver, Brokers brokers) {
    return new Usage(System.nanoTime(), solver.cpu(), brokers.cpu(), CpuTime.ofProcess());
  }
}
