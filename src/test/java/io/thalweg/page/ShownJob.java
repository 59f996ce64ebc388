package io.thalweg.page;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Refusals;
import io.thalweg.pipeline.Stage;
import io.thalweg.sample.Level;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Event;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.telemetry.Check;
import io.thalweg.telemetry.Commits;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.JobWatch;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.LaneLook;
import io.thalweg.telemetry.Phase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job that is told what to show. */
final class ShownJob {
  static final String TOKEN = "correct-horse-battery";

  static final Hello HELLO =
      new Hello(
          "bank",
          "auto",
          "0.1.0",
          false,
          List.of(
              new Hello.Hyperparameter("l2", 1e-6, 50.0),
              new Hello.Hyperparameter("step-size", null, null)));

  private static final Lane LANE = new Lane("bank.calls", 0);

  private volatile Facts facts = Facts.idle(Phase.STARTING, "");
  final Journal journal = new Journal(() -> 1_700_000_000_000L);
  final JobWatch watch =
      new JobWatch(
          journal,
          () -> facts,
          () -> new Check("broker", true, "1 broker answers"),
          Duration.ofSeconds(30),
          System::nanoTime);

  private long version;

  PageServer serve(int port) {
    return serve(port, HELLO, null);
  }

  /** The same with commands, for whoever shows {@link #TOKEN}. */
  PageServer serve(int port, Commands commands) {
    Hello hello =
        new Hello(HELLO.job(), HELLO.method(), HELLO.software(), true, HELLO.hyperparameters());
    return serve(port, hello, new Controls(TOKEN::equals, commands));
  }

  private PageServer serve(int port, Hello hello, @Nullable Controls controls) {
    return PageServer.start(
        "127.0.0.1", port, watch, hello, controls, () -> "thalweg_step_total 7.0\n");
  }

  void is(Phase phase) {
    facts = phase == Phase.RUNNING ? running() : Facts.idle(phase, "the broker was away");
  }

  /** Commands have made this of it. */
  void isSteered(ControlState control) {
    facts = running(control);
  }

  private Facts running() {
    return running(ControlState.NONE);
  }

  private Facts running(ControlState control) {
    return new Facts(
        Phase.RUNNING,
        "",
        new Progress(9, version, 160, 10, 3, 0, 4, 0, null, Refusals.NONE, Map.of(), control),
        0,
        10,
        5_000_000,
        List.of(new Stage("poll", 32, 4_000), new Stage("commit", 1, 64)),
        List.of(new LaneLook("bank.calls", 0, Level.LOWER.role(), 100, 120)),
        20,
        new Commits(version, version, 1_000, 900, 7_300_000, 7_300_000));
  }

  /** The next snapshot is committed; gives its version. */
  long commits() {
    return commits(
        version == 2
            ? List.of(new Event(60, "drift", "page-hinkley: .21 to .34", Map.of()))
            : List.of());
  }

  /** The same with events. */
  long commits(List<Event> events) {
    version++;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("upper-loss", 0.3 + 0.2 / version);
    metrics.put("smoothed-upper-loss", 0.31 + 0.2 / version);
    metrics.put("prequential-loss", 0.28 + 0.1 / version);
    metrics.put("reference-loss", 0.3);
    metrics.put("hypergradient-norm", 1.0 / version);
    metrics.put("lower-residual", 2.0 / version);
    metrics.put("samples-lower", 16.0 * version);
    Positions at = Positions.at(List.of(LANE), List.of(new Position(16 * version, 0)));
    Map<String, Double> upper = new LinkedHashMap<>();
    upper.put("l2", 0.001 * version);
    upper.put("step-size", 0.1);
    journal.committed(
        new Snapshot(
                "bank",
                1,
                version,
                20 * version,
                1_700_000_000_000L + 500 * version,
                "auto",
                "c0ffee",
                upper,
                new double[] {1, 2},
                new double[] {3},
                List.of(),
                metrics,
                at,
                new Ledger.Builder(at).take(at),
                Long.MIN_VALUE,
                "0.1.0")
            .withEvents(events),
        "5ha" + version,
        version == 2,
        List.of());
    return version;
  }

  void refuses(long offset, String reason) {
    journal.committed(
        null,
        "",
        false,
        List.of(new DeadLetter(LANE, new Position(offset, 0), 0, null, null, List.of(), reason)));
  }
}
