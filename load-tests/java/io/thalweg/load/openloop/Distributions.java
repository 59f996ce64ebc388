package io.thalweg.load.openloop;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The four latencies of the phases that count, in microseconds. */
final class Distributions {
  private final Histogram ack = new Histogram(3);
  private final Histogram consumed = new Histogram(3);
  private final Histogram covered = new Histogram(3);
  private final Histogram swapped = new Histogram(3);

  /** The covered latency of each phase, whether it counts or not. */
  private final List<Histogram> coveredByPhase;

  private final long[] dueByPhase;

  Distributions(Recording recording, Times times) {
    List<PhaseRun> phases = recording.phases();
    coveredByPhase = phases.stream().map(phase -> new Histogram(3)).toList();
    dueByPhase = new long[phases.size()];
    times.forEach(
        moments -> {
          int at = phase(phases, moments.due());
          if (at < 0) {
            return;
          }
          dueByPhase[at]++;
          boolean counts = phases.get(at).phase().counts();
          if (moments.covered() != Times.NEVER) {
            record(coveredByPhase.get(at), moments.covered() - moments.due());
          }
          if (counts) {
            record(ack, moments.ack() - moments.due());
            if (moments.consumed() != Times.NEVER) {
              record(consumed, moments.consumed() - moments.due());
            }
            if (moments.covered() != Times.NEVER) {
              record(covered, moments.covered() - moments.due());
            }
          }
        });
    for (SnapshotSeen snapshot : recording.snapshots()) {
      int at = phase(phases, snapshot.givenMicros());
      if (at >= 0 && phases.get(at).phase().counts()) {
        record(swapped, snapshot.micros() - snapshot.givenMicros());
      }
    }
  }

  private static void record(Histogram histogram, long micros) {
    histogram.recordValue(Math.max(0, micros));
  }

  /** Index of the phase of a time, -1 for none. */
  static int phase(List<PhaseRun> phases, long micros) {
    for (int i = 0; i < phases.size(); i++) {
      if (phases.get(i).has(micros)) {
        return i;
      }
    }
    return -1;
  }

  Histogram ack() {
    return ack;
  }

  Histogram consumed() {
    return consumed;
  }

  Histogram covered() {
    return covered;
  }

  Histogram swapped() {
    return swapped;
  }

  Histogram coveredIn(int phase) {
    return coveredByPhase.get(phase);
  }

  /** Records that were due in a phase. */
  long dueIn(int phase) {
    return dueByPhase[phase];
  }

  /** Milliseconds at a percentile, not a number where nothing was recorded. */
  static double at(@Nullable Histogram histogram, double percentile) {
    return histogram == null || histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(percentile) / 1e3;
  }
}
