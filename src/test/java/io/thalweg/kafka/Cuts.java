package io.thalweg.kafka;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Cuts for tests of sinks. */
final class Cuts {
  private Cuts() {}

  static Cut cut(String job, String topic, long version, DeadLetter... deadLetters) {
    return new Cut(
        snapshot(job, topic, version, 3), checkpoint(topic, version, 3), List.of(deadLetters));
  }

  /** A cut whose commit sleeps when its snapshot is sent, until it is woken. */
  static Cut sleepingInCommit(Cut cut, CompletableFuture<Void> awake) {
    List<DeadLetter> sleepy =
        new AbstractList<>() {
          @Override
          public Iterator<DeadLetter> iterator() {
            if (Thread.currentThread().getName().equals("thalweg-commit")) {
              awake.join();
            }
            return List.<DeadLetter>of().iterator();
          }

          @Override
          public DeadLetter get(int i) {
            throw new IndexOutOfBoundsException(i);
          }

          @Override
          public int size() {
            return 0;
          }
        };
    return new Cut(cut.snapshot(), cut.checkpoint(), sleepy);
  }

  static Cut withState(String job, String topic, long version, int doubles) {
    return new Cut(
        snapshot(job, topic, version, 3), checkpoint(topic, version, doubles), List.of());
  }

  static Snapshot snapshot(String job, String topic, long version, int dim) {
    return portfolio(job, topic, version, dim, List.of());
  }

  static Snapshot portfolio(String job, String topic, long version, int dim, List<Member> members) {
    double[] x = new double[dim];
    java.util.Arrays.setAll(x, i -> StrictMath.sin(version + i));
    return new Snapshot(
        job,
        1,
        version,
        10 * version,
        1_700_000_000_000L + version,
        "msgbio",
        "cafe",
        Map.of("l2", 0.5),
        x,
        new double[] {version},
        members,
        Map.of("upper-loss", 1.0 / version),
        positions(topic, version),
        new Ledger(positions(topic, version - 1), List.of()),
        Long.MIN_VALUE,
        "test");
  }

  static Snapshot withMetrics(Snapshot s, Map<String, Double> metrics) {
    return with(s, s.epoch(), s.x(), metrics);
  }

  static Snapshot withEpoch(Snapshot s, long epoch) {
    return with(s, epoch, s.x(), s.metrics());
  }

  static Snapshot withUpper(Snapshot s, double[] x) {
    return with(s, s.epoch(), x, s.metrics());
  }

  private static Snapshot with(Snapshot s, long epoch, double[] x, Map<String, Double> metrics) {
    return new Snapshot(
        s.job(),
        epoch,
        s.version(),
        s.step(),
        s.timeMillis(),
        s.method(),
        s.config(),
        s.upper(),
        x,
        s.y(),
        s.members(),
        metrics,
        s.positions(),
        s.ledger(),
        s.eventTimeMillis(),
        s.software());
  }

  static Checkpoint checkpoint(String topic, long version, int doubles) {
    double[] state = new double[doubles];
    java.util.Arrays.setAll(state, i -> StrictMath.cos(version * 1e-3 + i));
    return new Checkpoint(
        "cafe",
        1,
        version,
        "",
        positions(topic, version),
        Map.of(topic, "id"),
        List.of(new StateArray.Doubles("y", state)),
        List.of());
  }

  static Positions positions(String topic, long version) {
    return Positions.at(List.of(new Lane(topic, 0)), List.of(new Position(100 * version, 0)));
  }

  static double[] state(Checkpoint checkpoint) {
    return ((StateArray.Doubles) checkpoint.solver().get(0)).values();
  }
}
