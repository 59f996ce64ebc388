package io.thalweg.app;

import io.thalweg.app.ScreenLine.Style;
import io.thalweg.stream.Event;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A job on one screen: where it stands, the courses of its losses, the last snapshots, the
 * hyperparameters that moved most, the members of a portfolio, what happened. What is shown fits
 * the screen; a smaller one shows fewer rows of each part.
 */
final class WatchView {
  private static final int KEPT = 240;
  private static final int MOVED = 8;
  private static final int MEMBERS = 12;
  private static final int EVENTS = 20;
  private static final int LABEL = 16;
  private static final int FIGURE = 11;
  private static final int NAME = 18;
  private static final int BAR = 40;
  private static final double STALE_INTERVALS = 5;
  private static final long STALE_MILLIS = 5_000;

  /** A snapshot, or what is kept of it, and the rate up to it. */
  private record Row(Snapshot snapshot, double rate) {}

  /** A figure of a snapshot whose course is drawn. */
  private record Curve(String label, ToDoubleFunction<Snapshot> figure, boolean share) {}

  /** Lines that belong together, the most important first. */
  private record Part(List<ScreenLine> lines, int least) {}

  private static final List<Curve> CURVES =
      List.of(
          new Curve("upper loss", s -> metric(s, "upper-loss"), false),
          new Curve("prequential loss", s -> metric(s, "prequential-loss"), false),
          new Curve("the same, window", s -> metric(s, "prequential-loss-window"), false),
          new Curve("gain on reference", WatchView::gain, true),
          new Curve("|hypergradient|", s -> metric(s, "hypergradient-norm"), false));

  private final String job;
  private final String topic;
  private final ArrayDeque<Row> rows = new ArrayDeque<>();
  private final ArrayDeque<String> events = new ArrayDeque<>();
  private final Courses courses = new Courses();
  private long firstVersion;
  private boolean paused;

  WatchView(String job, String topic) {
    this.job = job;
    this.topic = topic;
  }

  /** Takes the next snapshot in. */
  void add(Snapshot snapshot) {
    Row before = rows.peekLast();
    if (before == null) {
      firstVersion = snapshot.version();
    }
    courses.add(snapshot.upper());
    rows.add(new Row(snapshot.withoutModel(), rate(before, snapshot)));
    if (rows.size() > KEPT) {
      rows.remove();
    }
    paused = Pauses.after(snapshot, paused);
    for (Event event : snapshot.events()) {
      // a terminal would obey what a reason may hold
      events.addFirst(event.toString().replaceAll("\\p{Cntrl}", " "));
      if (events.size() > EVENTS) {
        events.removeLast();
      }
    }
  }

  /** The whole screen as it is now. */
  List<String> lines(Screen.Look look, long nowMillis) {
    Row last = rows.peekLast();
    if (last == null) {
      return List.of(line(look).put(job, Style.HEAD).put(": waiting for " + topic).toString());
    }
    List<Part> parts = new ArrayList<>();
    parts.add(head(look, last, nowMillis));
    parts.add(curves(look));
    parts.add(table(look, nowMillis));
    parts.add(moved(look));
    parts.add(members(look, last.snapshot()));
    parts.add(events(look));
    parts.removeIf(part -> part.lines().isEmpty());
    return fit(parts, look.height() - 1);
  }

  /** Every part gets its least in their order, then more of the rest, from the last part on. */
  private static List<String> fit(List<Part> parts, int height) {
    int[] given = new int[parts.size()];
    int left = height;
    for (int i = 0; i < given.length; i++) {
      int least = Math.min(parts.get(i).least(), parts.get(i).lines().size());
      int gap = i == 0 ? 0 : 1;
      if (i == 0 || least + gap <= left) {
        given[i] = Math.min(least, Math.max(1, left));
        left -= given[i] + gap;
      }
    }
    for (int i = given.length - 1; i >= 0 && left > 0; i--) {
      if (given[i] > 0) {
        int more = Math.min(left, parts.get(i).lines().size() - given[i]);
        given[i] += more;
        left -= more;
      }
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < given.length; i++) {
      if (given[i] > 0 && i > 0) {
        lines.add("");
      }
      parts.get(i).lines().subList(0, given[i]).forEach(each -> lines.add(each.toString()));
    }
    return lines;
  }

  private static ScreenLine line(Screen.Look look) {
    return new ScreenLine(look.width(), look.colours());
  }

  private Part head(Screen.Look look, Row last, long nowMillis) {
    Snapshot s = last.snapshot();
    long age = nowMillis - s.timeMillis();
    ScreenLine first =
        line(look)
            .put(job, Style.HEAD)
            .put("  " + s.method())
            .put(
                String.format(
                    Locale.ROOT,
                    "  epoch %d  version %d  step %,d  ",
                    s.epoch(),
                    s.version(),
                    s.step()))
            .put(SnapshotTable.age(age) + " ago", stale(age) && !paused ? Style.BAD : Style.GOOD);
    if (paused) {
      first.put("  paused", Style.NOTE);
    }
    ScreenLine second =
        line(look)
            .put(
                String.format(
                    Locale.ROOT,
                    "%s samples/s  %,.0f taken in",
                    rate(last),
                    or(metric(s, "samples-lower"), 0) + or(metric(s, "samples-upper"), 0)));
    count(second, s, "rejected-samples", "rejected");
    count(second, s, "refused-steps", "steps refused");
    if (s.eventTimeMillis() != Long.MIN_VALUE) {
      second.put("  events " + SnapshotTable.age(nowMillis - s.eventTimeMillis()) + " old");
    }
    LateLabelCounts labels = LateLabelCounts.of(s.metrics());
    if (labels == null) {
      return new Part(List.of(first, second), 2);
    }
    ScreenLine third =
        line(look).put(labels.toString(), labels.givenUp() > 0 ? Style.NOTE : Style.GOOD);
    return new Part(List.of(first, second, third), 3);
  }

  private static void count(ScreenLine line, Snapshot s, String metric, String word) {
    double count = metric(s, metric);
    if (count > 0) {
      line.put("  ").put(String.format(Locale.ROOT, "%,.0f %s", count, word), Style.NOTE);
    }
  }

  /** Older than a few of the usual intervals. */
  private boolean stale(long age) {
    Row first = rows.getFirst();
    Row last = rows.getLast();
    double interval =
        (last.snapshot().timeMillis() - first.snapshot().timeMillis())
            / (double) Math.max(1, rows.size() - 1);
    return age > STALE_MILLIS && age > STALE_INTERVALS * interval;
  }

  private Part curves(Screen.Look look) {
    List<ScreenLine> lines = new ArrayList<>();
    for (Curve curve : CURVES) {
      double[] values =
          rows.stream().mapToDouble(row -> curve.figure().applyAsDouble(row.snapshot())).toArray();
      double now = values[values.length - 1];
      if (Double.isNaN(now)) {
        continue;
      }
      ScreenLine line = line(look).put(cell(curve.label(), LABEL + 2));
      String text = curve.share() ? percent(now) : figure(now);
      if (curve.share()) {
        line.put(right(text, FIGURE), now >= 0 ? Style.GOOD : Style.BAD);
      } else {
        line.put(right(text, FIGURE));
      }
      line.put("  ").put(Sparkline.of(values, line.room(), look.blocks()), Style.CURVE);
      lines.add(line);
    }
    return new Part(lines, lines.size());
  }

  private Part table(Screen.Look look, long nowMillis) {
    List<ScreenLine> lines = new ArrayList<>();
    lines.add(
        line(look)
            .put(
                row(
                    "version",
                    "step",
                    "age",
                    "samples/s",
                    "upper loss",
                    "|hypergradient|",
                    "prequential"),
                Style.FAINT));
    for (Iterator<Row> it = rows.descendingIterator(); it.hasNext(); ) {
      Row row = it.next();
      Snapshot s = row.snapshot();
      lines.add(
          line(look)
              .put(
                  row(
                      String.valueOf(s.version()),
                      String.format(Locale.ROOT, "%,d", s.step()),
                      SnapshotTable.age(nowMillis - s.timeMillis()),
                      rate(row),
                      figure(metric(s, "upper-loss")),
                      figure(metric(s, "hypergradient-norm")),
                      figure(metric(s, "prequential-loss")))));
    }
    return new Part(lines, 4);
  }

  private static String row(
      String version,
      String step,
      String age,
      String rate,
      String upper,
      String norm,
      String prequential) {
    return String.format(
        Locale.ROOT,
        "%8s %11s %8s %10s %10s %15s %11s",
        version,
        step,
        age,
        rate,
        upper,
        norm,
        prequential);
  }

  private Part moved(Screen.Look look) {
    List<ScreenLine> lines = new ArrayList<>();
    for (Courses.Course course : courses.furthest(MOVED)) {
      ScreenLine line =
          line(look)
              .put(cell(course.name(), NAME))
              .put(right(figure(course.first()), FIGURE))
              .put(look.blocks() ? " → " : " > ")
              .put(cell(figure(course.last()), FIGURE));
      if (course.first() != 0) {
        line.put(right(percent((course.last() - course.first()) / Math.abs(course.first())), 10));
      } else {
        line.put(" ".repeat(10));
      }
      line.put("  ").put(Sparkline.of(course.history(), line.room(), look.blocks()), Style.CURVE);
      lines.add(line);
    }
    return titled(look, "hyperparameters that moved most since version " + firstVersion, lines);
  }

  private static Part members(Screen.Look look, Snapshot last) {
    List<Member> sorted =
        last.members().stream()
            .sorted(Comparator.comparingDouble(Member::weight).reversed())
            .limit(MEMBERS)
            .collect(Collectors.toList());
    List<ScreenLine> lines = new ArrayList<>();
    for (Member member : sorted) {
      ScreenLine line =
          line(look)
              .put(cell(member.name(), NAME))
              .put(String.format(Locale.ROOT, "%6.1f %% ", 100 * member.weight()));
      int width = Math.min(BAR, line.room());
      lines.add(line.put(Sparkline.bar(member.weight(), width, look.blocks()), Style.CURVE));
    }
    return titled(look, "members, by their share of the model", lines);
  }

  private Part events(Screen.Look look) {
    List<ScreenLine> lines = new ArrayList<>();
    for (String event : events) {
      lines.add(line(look).put(event, Style.NOTE));
    }
    return titled(look, "events", lines);
  }

  private static Part titled(Screen.Look look, String title, List<ScreenLine> lines) {
    if (!lines.isEmpty()) {
      lines.add(0, line(look).put(title, Style.FAINT));
    }
    return new Part(lines, 3);
  }

  private static double rate(@Nullable Row before, Snapshot now) {
    if (before == null || now.timeMillis() <= before.snapshot().timeMillis()) {
      return Double.NaN;
    }
    double samples = samples(now) - samples(before.snapshot());
    // counted anew after a restart without its state
    return samples < 0
        ? Double.NaN
        : samples * 1000 / (now.timeMillis() - before.snapshot().timeMillis());
  }

  private static double samples(Snapshot s) {
    return or(metric(s, "samples-lower"), 0) + or(metric(s, "samples-upper"), 0);
  }

  private static String rate(Row row) {
    return Double.isFinite(row.rate()) ? String.format(Locale.ROOT, "%,.0f", row.rate()) : "-";
  }

  private static double gain(Snapshot s) {
    double reference = metric(s, "reference-loss");
    return reference > 0 ? 1 - metric(s, "prequential-loss") / reference : Double.NaN;
  }

  private static double metric(Snapshot s, String name) {
    return or(s.metrics().get(name), Double.NaN);
  }

  private static double or(@Nullable Double value, double otherwise) {
    return value == null || value.isNaN() ? otherwise : value;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%+.2f %%", 100 * share);
  }

  /** Five digits that matter, within eleven characters. */
  static String figure(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-3 && size < 1e5)
        ? String.format(Locale.ROOT, "%.5g", value)
        : String.format(Locale.ROOT, "%.3e", value);
  }

  private static String cell(String text, int width) {
    String fitting = text.length() <= width - 1 ? text : text.substring(0, width - 1);
    return fitting + " ".repeat(width - fitting.length());
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
