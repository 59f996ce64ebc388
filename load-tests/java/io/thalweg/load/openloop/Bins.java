package io.thalweg.load.openloop;

import io.thalweg.load.report.OpenLoopResult.TimeLine;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The run over time, in bins of a quarter of a second. */
final class Bins {
  private static final long MICROS = 250_000;

  private final long start;
  private final int perRecord;
  private final long[] due;
  private final long[] covered;
  private final Histogram[] latency;

  Bins(Recording recording, Times times, int perRecord) {
    List<PhaseRun> phases = recording.phases();
    this.start = phases.get(0).start();
    this.perRecord = perRecord;
    long end = phases.get(phases.size() - 1).end();
    for (SnapshotSeen snapshot : recording.snapshots()) {
      end = Math.max(end, snapshot.micros());
    }
    int count = (int) ((end - start) / MICROS) + 1;
    due = new long[count];
    covered = new long[count];
    latency = new Histogram[count];
    for (int i = 0; i < count; i++) {
      latency[i] = new Histogram(2);
    }
    times.forEach(
        moments -> {
          int at = bin(moments.due());
          due[at]++;
          if (moments.covered() != Times.NEVER) {
            covered[bin(moments.covered())]++;
            latency[at].recordValue(Math.max(0, moments.covered() - moments.due()));
          }
        });
  }

  private int bin(long micros) {
    return (int) Math.max(0, Math.min(due.length - 1, (micros - start) / MICROS));
  }

  /** Samples due before a time and not covered then. */
  double lagAt(long micros) {
    long open = 0;
    for (int i = 0; i < due.length && start + (i + 1) * MICROS <= micros + MICROS / 2; i++) {
      open += due[i] - covered[i];
    }
    return Math.max(0, (double) open * perRecord);
  }

  TimeLine line() {
    List<Double> at = new ArrayList<>();
    List<Double> rate = new ArrayList<>();
    List<Double> p50 = new ArrayList<>();
    List<Double> p99 = new ArrayList<>();
    List<Double> lag = new ArrayList<>();
    long open = 0;
    for (int i = 0; i < due.length; i++) {
      open += due[i] - covered[i];
      at.add((i + 1) * MICROS / 1e6);
      rate.add(due[i] * perRecord * 1e6 / MICROS);
      p50.add(Distributions.at(latency[i], 50));
      p99.add(Distributions.at(latency[i], 99));
      lag.add((double) open * perRecord);
    }
    return new TimeLine(at, rate, p50, p99, lag);
  }
}
