package io.thalweg.app;

import io.thalweg.stream.Event;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as rows: on a terminal the last few, repainted so that their age moves; elsewhere a
 * line for each, printed once.
 */
final class SnapshotTable {
  private static final int SHOWN = 15;
  private static final String COLUMNS =
      String.format(
          "%9s %10s %8s %11s %12s %15s %17s",
          "version",
          "step",
          "age",
          "samples/s",
          "upper-loss",
          "|hypergradient|",
          "prequential-loss");

  /** Characters of an event, so that it takes one line of a terminal. */
  private static final int LONGEST_MARK = 120;

  private final PrintWriter out;
  private final boolean terminal;
  private final String head;
  private final ArrayDeque<Row> rows = new ArrayDeque<>();
  private @Nullable Snapshot last;
  private int painted;

  /** One snapshot and the rate up to it. */
  private record Row(Snapshot snapshot, double rate) {}

  /**
   * An empty table.
   *
   * @param members whether the snapshots have some: then the heaviest is shown with its weight
   */
  SnapshotTable(PrintWriter out, boolean terminal, boolean members) {
    this.out = out;
    this.terminal = terminal;
    this.head = members ? COLUMNS + "  heaviest member" : COLUMNS;
    if (!terminal) {
      out.println(head);
      out.flush();
    }
  }

  /** Takes the next snapshot in. */
  void add(Snapshot snapshot, long nowMillis) {
    Row row = new Row(snapshot, rate(last, snapshot));
    last = snapshot;
    rows.add(row);
    if (rows.size() > SHOWN) {
      rows.remove();
    }
    if (!terminal) {
      snapshot.events().forEach(event -> out.println(mark(event)));
      out.println(line(row, nowMillis));
      out.flush();
    }
  }

  /** Paints anew; does nothing where nobody looks. */
  void paint(String status, long nowMillis) {
    if (!terminal) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(status);
    lines.add(head);
    rows.forEach(
        row -> {
          row.snapshot().events().forEach(event -> lines.add(mark(event)));
          lines.add(line(row, nowMillis));
        });
    StringBuilder screen = new StringBuilder();
    if (painted > 0) {
      screen.append("\u001b[").append(painted).append('A');
    }
    for (String line : lines) {
      screen.append("\u001b[K").append(line).append('\n');
    }
    painted = lines.size();
    out.print(screen);
    out.flush();
  }

  /** An event, above the snapshot that covers it. */
  private static String mark(Event event) {
    String line = "! " + event;
    return line.length() <= LONGEST_MARK ? line : line.substring(0, LONGEST_MARK - 3) + "...";
  }

  private static double rate(@Nullable Snapshot before, Snapshot now) {
    if (before == null || now.timeMillis() <= before.timeMillis()) {
      return Double.NaN;
    }
    double samples = samples(now) - samples(before);
    return samples * 1000 / (now.timeMillis() - before.timeMillis());
  }

  private static double samples(Snapshot snapshot) {
    return snapshot.metrics().getOrDefault("samples-lower", 0.0)
        + snapshot.metrics().getOrDefault("samples-upper", 0.0);
  }

  private static String line(Row row, long nowMillis) {
    Snapshot s = row.snapshot();
    return String.format(
            Locale.ROOT,
            "%9d %10d %8s %11s %12s %15s %17s",
            s.version(),
            s.step(),
            age(nowMillis - s.timeMillis()),
            Double.isFinite(row.rate()) ? String.format(Locale.ROOT, "%,.0f", row.rate()) : "-",
            figure(s, "upper-loss"),
            figure(s, "hypergradient-norm"),
            figure(s, "prequential-loss"))
        + heaviest(s);
  }

  private static String heaviest(Snapshot snapshot) {
    return snapshot.members().stream()
        .max(Comparator.comparingDouble(Member::weight))
        .map(m -> String.format(Locale.ROOT, "  %s %.3f", m.name(), m.weight()))
        .orElse("");
  }

  /** How long ago, in the largest fitting unit. */
  static String age(long millis) {
    Duration age = Duration.ofMillis(Math.max(0, millis));
    if (age.toSeconds() < 100) {
      return String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1000.0);
    }
    if (age.toMinutes() < 100) {
      return age.toMinutes() + " min";
    }
    return age.toHours() < 100 ? age.toHours() + " h" : age.toDays() + " d";
  }

  private static String figure(Snapshot snapshot, String name) {
    Double value = snapshot.metrics().get(name);
    return value == null ? "-" : String.format(Locale.ROOT, "%.6g", value);
  }
}
