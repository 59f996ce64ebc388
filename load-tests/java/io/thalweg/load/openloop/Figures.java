package io.thalweg.load.openloop;

import io.thalweg.load.workload.Figure;
import io.thalweg.load.workload.Phase.SolverEvent;
import io.thalweg.load.workload.Workload;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** The figures of a run that a workload can ask for. */
final class Figures {
  /** A sample that waits longer was held up by something. */
  private static final long LATE_MICROS = 1_000_000;

  /** The last samples of all may wait for partners of the other level: that is no disturbance. */
  private static final long LAST_MICROS = 250_000;

  private final Workload workload;
  private final Recording recording;
  private final Times times;
  private final Distributions distributions;

  Figures(Workload workload, Recording recording, Times times, Distributions distributions) {
    this.workload = workload;
    this.recording = recording;
    this.times = times;
    this.distributions = distributions;
  }

  /** Those that this workload yields. */
  Map<Figure, Double> all() {
    Map<Figure, Double> out = new EnumMap<>(Figure.class);
    out.put(Figure.ACK_P50, Distributions.at(distributions.ack(), 50));
    out.put(Figure.ACK_P99, Distributions.at(distributions.ack(), 99));
    out.put(Figure.CONSUMED_P50, Distributions.at(distributions.consumed(), 50));
    out.put(Figure.CONSUMED_P99, Distributions.at(distributions.consumed(), 99));
    out.put(Figure.COVERED_P50, Distributions.at(distributions.covered(), 50));
    out.put(Figure.COVERED_P99, Distributions.at(distributions.covered(), 99));
    out.put(Figure.SWAPPED_P50, Distributions.at(distributions.swapped(), 50));
    out.put(Figure.SWAPPED_P99, Distributions.at(distributions.swapped(), 99));
    out.values().removeIf(value -> Double.isNaN(value)); // a workload without such a phase
    out.put(Figure.LOST, (double) lost());
    out.put(Figure.MISCOUNTED, (double) miscounted());
    out.put(Figure.FAILED, (double) recording.sent().failures() * workload.perRecord());
    out.put(Figure.DIED, (double) recording.died());
    if (workload.isRamp()) {
      out.put(Figure.SUSTAINED, sustained());
    }
    for (PhaseRun run : recording.phases()) {
      if (run.phase().solver() == SolverEvent.START) {
        started(run, out);
      }
      if (run.phase().solver() == SolverEvent.KILL) {
        out.merge(Figure.RECOVERED, recovered(run), Math::max);
      }
    }
    if (recording.phases().stream().anyMatch(run -> run.phase().disturbs())) {
      out.put(Figure.CAUGHT_UP, caughtUp());
    }
    return out;
  }

  private long lost() {
    AtomicLong lost = new AtomicLong();
    times.forEach(
        moments -> lost.addAndGet(moments.covered() == Times.NEVER ? workload.perRecord() : 0));
    return lost.get();
  }

  private long miscounted() {
    List<SnapshotSeen> snapshots = recording.snapshots();
    if (snapshots.isEmpty()) {
      return 0;
    }
    SnapshotSeen last = snapshots.get(snapshots.size() - 1);
    return Math.abs(last.samples() - last.taken());
  }

  /**
   * The highest sustained step before the first two in a row that were not: one may be bad luck.
   */
  private double sustained() {
    double rate = 0;
    int failed = 0;
    List<PhaseRun> phases = recording.phases();
    for (int i = 0; i < phases.size() && failed < 2; i++) {
      if (phases.get(i).phase().counts()) {
        double p99 = Distributions.at(distributions.coveredIn(i), 99);
        boolean sustained = p99 <= workload.sustainedWithin();
        failed = sustained ? 0 : failed + 1;
        rate = sustained ? phases.get(i).phase().rate() : rate;
      }
    }
    return rate;
  }

  private void started(PhaseRun run, Map<Figure, Double> out) {
    long first = recording.consumed().stream().mapToLong(Seen::micros).min().orElse(Times.NEVER);
    LongStream.Builder reached = LongStream.builder();
    times.forEach(
        moments -> {
          if (moments.covered() != Times.NEVER) {
            reached.add(moments.covered());
          }
        });
    long[] covered = reached.build().sorted().toArray();
    if (first != Times.NEVER && covered.length > 0) {
      out.put(Figure.STARTED, (first - run.start()) / 1e6);
      // the last hundredth may wait for partners
      int most = (int) (0.99 * (covered.length - 1));
      double seconds = (covered[most] - first) / 1e6;
      out.put(Figure.DRAINED, (most + 1) * workload.perRecord() / seconds);
    }
  }

  private double recovered(PhaseRun kill) {
    long epoch = -1;
    for (SnapshotSeen snapshot : recording.snapshots()) {
      if (snapshot.micros() <= kill.start()) {
        epoch = snapshot.epoch();
      } else if (snapshot.epoch() > epoch) {
        return (snapshot.micros() - kill.start()) / 1e6;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /**
   * Longest time from a kill, or from the end of another disturbance, until no sample waits longer
   * than a second.
   */
  private double caughtUp() {
    double longest = 0;
    List<PhaseRun> phases = recording.phases();
    for (int i = 0; i < phases.size(); i++) {
      PhaseRun run = phases.get(i);
      if (run.phase().disturbs()) {
        long from = run.phase().solver() == SolverEvent.NONE ? run.end() : run.start();
        longest = Math.max(longest, lastLate(from, next(i)));
      }
    }
    return longest;
  }

  /** Start of the next disturbance, or the end of time. */
  private long next(int after) {
    List<PhaseRun> phases = recording.phases();
    for (int i = after + 1; i < phases.size(); i++) {
      if (phases.get(i).phase().disturbs()) {
        return phases.get(i).start();
      }
    }
    return Times.NEVER;
  }

  /** What is covered after the next disturbance was held up by that one. */
  private double lastLate(long from, long next) {
    AtomicLong last = new AtomicLong(from);
    List<PhaseRun> phases = recording.phases();
    long end = phases.get(phases.size() - 1).end() - LAST_MICROS;
    times.forEach(
        moments -> {
          if (moments.covered() > from
              && moments.covered() <= next
              && moments.due() < end
              && moments.covered() - moments.due() > LATE_MICROS) {
            last.accumulateAndGet(moments.covered(), Math::max);
          }
        });
    return last.get() == Times.NEVER ? Double.POSITIVE_INFINITY : (last.get() - from) / 1e6;
  }
}
