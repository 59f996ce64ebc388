package io.thalweg.load.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One round; times in CPU-microseconds per sample.
 *
 * @param samplesPerSecond from the first poll to the last snapshot, by the clock on the wall
 * @param whole of the whole process: compiler, collector, commits and all
 * @param kafka of polling alone
 * @param decode of decoding alone
 * @param step of the solver's steps alone
 */
record Round(double samplesPerSecond, double whole, double kafka, double decode, double step) {
  static Round median(List<Round> rounds) {
    return new Round(
        median(rounds, Round::samplesPerSecond),
        median(rounds, Round::whole),
        median(rounds, Round::kafka),
        median(rounds, Round::decode),
        median(rounds, Round::step));
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> part) {
    double[] values = rounds.stream().mapToDouble(part).sorted().toArray();
    return values[values.length / 2];
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
