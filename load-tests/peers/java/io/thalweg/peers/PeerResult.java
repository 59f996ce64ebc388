package io.thalweg.peers;

import java.util.List;

/**
 * What a peer did on one stream.
 *
 * @param peer its name
 * @param settings what it was told, in its own words
 * @param given the form it was given samples in
 * @param samples how many it was given, from the beginning of the stream
 * @param median of the rounds, figure by figure
 * @param rounds as they were measured
 */
record PeerResult(
    String peer, String settings, String given, int samples, Outcome median, List<Outcome> rounds) {
  static PeerResult of(Entry entry, List<Outcome> rounds) {
    return new PeerResult(
        entry.peer(),
        entry.settings(),
        entry.given(),
        entry.samples(),
        Outcome.median(rounds),
        List.copyOf(rounds));
  }

  double samplesPerSecond() {
    return samples / median.wallSeconds();
  }

  double cpuMicros() {
    return 1e6 * median.cpuSeconds() / samples;
  }

  double processCpuMicros() {
    return 1e6 * median.processCpuSeconds() / samples;
  }
}
