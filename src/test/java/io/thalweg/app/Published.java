package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.app.CatalogueJob.Backtest;
import io.thalweg.config.JobConfig;
import io.thalweg.sample.Level;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** What a catalogue job has published, held against everything else that says what it should be. */
final class Published {
  private Published() {}

  /** What was published is what the loop and the backtest give, and follows from the topics. */
  static void verify(CatalogueJob job, Rehearsal expected, Backtest backtest, int cut, int steps) {
    JobConfig config = job.config();
    List<Snapshot> found = job.snapshots();
    assertThat(found).extracting(Snapshot::step).isEqualTo(published(cut, steps));
    assertChain(found, config);
    for (Snapshot snapshot : found) {
      String at = config.method() + " at step " + snapshot.step();
      Rehearsal.Step step = expected.after(snapshot.step());
      assertBits(at, snapshot, step.x(), step.y());
      Snapshot tested = backtest.snapshots().get((int) snapshot.step() - 1);
      assertThat(tested.step()).isEqualTo(snapshot.step());
      assertThat(tested.config()).isEqualTo(snapshot.config());
      assertBits(at, tested, step.x(), step.y());
      assertThat(snapshot.upper()).as(at).isEqualTo(tested.upper());
      assertThat(counted(snapshot)).as(at).isEqualTo(counted(tested));
      assertThat(snapshot.metrics()).as(at).containsEntry("refused-steps", 0.0);
    }
    Snapshot last = found.get(found.size() - 1);
    Rehearsal.Step end = expected.after(last.step());
    assertThat(last.metrics()).containsEntry("samples-upper", (double) end.upper());
    if (config.reads().contains(Level.LOWER)) {
      assertThat(last.metrics()).containsEntry("samples-lower", (double) end.lower());
    }
    Rehearsal.Step first = expected.after(1);
    assertThat(Arrays.equals(first.x(), last.x()) && Arrays.equals(first.y(), last.y()))
        .as("x and y stand still")
        .isFalse();
    List<String> letters = job.deadLetters();
    assertThat(letters).isNotEmpty().containsExactlyInAnyOrderElementsOf(backtest.deadLetters());
    job.replay(found.size());
  }

  /** Every fifth step of a life, and the last one of each. */
  private static List<Long> published(int cut, int steps) {
    List<Long> out = new ArrayList<>();
    for (int[] life : new int[][] {{0, cut}, {cut, steps}}) {
      for (int step = life[0] + CatalogueJob.EVERY; step < life[1]; step += CatalogueJob.EVERY) {
        out.add((long) step);
      }
      out.add((long) life[1]);
    }
    return out;
  }

  /** Versions without a gap over two lives, each with a ledger that begins where one ended. */
  static void assertChain(List<Snapshot> found, JobConfig config) {
    assertThat(found)
        .extracting(Snapshot::version)
        .isEqualTo(LongStream.rangeClosed(1, found.size()).boxed().toList());
    assertThat(found).extracting(Snapshot::config).containsOnly(config.fingerprint());
    assertThat(found.get(0).epoch()).isEqualTo(1);
    assertThat(found.get(found.size() - 1).epoch()).isEqualTo(2);
    Snapshot before = null;
    for (Snapshot snapshot : found) {
      Ledger ledger = snapshot.ledger();
      assertThat(ledger.steps()).isEqualTo(snapshot.step() - (before == null ? 0 : before.step()));
      if (before == null) {
        assertThat(ledger.from().lower()).containsOnly(Position.START);
        assertThat(ledger.from().upper()).containsOnly(Position.START);
      } else {
        assertFollows(before.positions(), ledger.from());
      }
      before = snapshot;
    }
  }

  /** Dead letters alone may lie between; a replay looks into that. */
  private static void assertFollows(Positions before, Positions from) {
    assertThat(from.lanes()).isEqualTo(before.lanes());
    for (int lane = 0; lane < from.lanes().size(); lane++) {
      for (Level level : Level.values()) {
        assertThat(from.of(lane, level)).isGreaterThanOrEqualTo(before.of(lane, level));
      }
    }
  }

  private static void assertBits(String at, Snapshot found, double[] x, double[] y) {
    assertThat(bits(found.x())).as("x of " + at).isEqualTo(bits(x));
    assertThat(bits(found.y())).as("y of " + at).isEqualTo(bits(y));
  }

  private static long[] bits(double[] vector) {
    long[] out = new long[vector.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Double.doubleToRawLongBits(vector[i]);
    }
    return out;
  }

  /** All figures but the one that says how far decoding is ahead of the steps. */
  private static Map<String, Double> counted(Snapshot snapshot) {
    Map<String, Double> out = new TreeMap<>(snapshot.metrics());
    out.remove("rejected-samples");
    return out;
  }
}
