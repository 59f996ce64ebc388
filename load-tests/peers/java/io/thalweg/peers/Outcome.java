package io.thalweg.peers;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of a peer over a stream came to. Times are those of predicting and learning.
 *
 * @param wallSeconds by the clock
 * @param cpuSeconds of the thread that learns
 * @param processCpuSeconds of the whole process meanwhile: compiler and collector too
 * @param logLoss progressive, over all samples
 * @param error progressive share of wrong classes, over all samples
 * @param lateLogLoss the same over the last half
 * @param lateError the same over the last half
 */
record Outcome(
    double wallSeconds,
    double cpuSeconds,
    double processCpuSeconds,
    double logLoss,
    double error,
    double lateLogLoss,
    double lateError) {
  /** The median of every figure on its own. */
  static Outcome median(List<Outcome> rounds) {
    return new Outcome(
        median(rounds, Outcome::wallSeconds),
        median(rounds, Outcome::cpuSeconds),
        median(rounds, Outcome::processCpuSeconds),
        median(rounds, Outcome::logLoss),
        median(rounds, Outcome::error),
        median(rounds, Outcome::lateLogLoss),
        median(rounds, Outcome::lateError));
  }

  private static double median(List<Outcome> rounds, ToDoubleFunction<Outcome> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
