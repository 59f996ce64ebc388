package io.thalweg.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots for people, and their list for programs. */
final class SnapshotTexts {
  private static final int SHA_SHOWN = 12;

  /** Hyperparameters that are shown one by one. */
  private static final int SHOWN = 32;

  /** Whole numbers below it are shown as such. */
  private static final double MOST_COUNTED = 1e15;

  private SnapshotTexts() {}

  /** The list as a table; the newest also carries its alias. */
  static Table table(List<SnapshotRegistry.Listed> list) {
    Table table = new Table("version", "step", "time", "upper-loss", "sha256", "aliases");
    for (int i = 0; i < list.size(); i++) {
      SnapshotCodec.Heading heading = list.get(i).heading();
      table.row(
          Long.toString(heading.version()),
          Long.toString(heading.step()),
          Instant.ofEpochMilli(heading.timeMillis()).toString(),
          figure(heading.metrics().get("upper-loss")),
          heading.sha().substring(0, SHA_SHOWN),
          JobRegistry.words(aliases(list, i)));
    }
    return table;
  }

  /** One line of the list. */
  static ObjectNode json(SnapshotRegistry.Listed listed, boolean newest) {
    SnapshotCodec.Heading heading = listed.heading();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", heading.version());
    json.put("epoch", heading.epoch());
    json.put("step", heading.step());
    json.put("time", Instant.ofEpochMilli(heading.timeMillis()).toString());
    ObjectNode metrics = json.putObject("metrics");
    heading.metrics().forEach(metrics::put);
    json.put("sha256", heading.sha());
    ArrayNode aliases = json.putArray("aliases");
    if (newest) {
      aliases.add(SnapshotAlias.LATEST.word());
    }
    listed.aliases().forEach(alias -> aliases.add(alias.word()));
    return json;
  }

  private static List<SnapshotAlias> aliases(List<SnapshotRegistry.Listed> list, int i) {
    List<SnapshotAlias> pointing = new ArrayList<>(list.get(i).aliases());
    if (i == list.size() - 1) {
      pointing.add(0, SnapshotAlias.LATEST);
    }
    return pointing;
  }

  /** One snapshot without its vectors. */
  static void print(SnapshotRegistry.Found found, PrintWriter out) {
    Snapshot s = found.snapshot();
    line(out, "job", s.job());
    line(out, "version", Long.toString(s.version()));
    line(out, "epoch", Long.toString(s.epoch()));
    line(out, "step", Long.toString(s.step()));
    line(out, "time", Instant.ofEpochMilli(s.timeMillis()).toString());
    line(out, "method", s.method());
    line(out, "config", s.config());
    line(out, "sha256", found.sha());
    line(out, "x", vector(s.x()));
    line(out, "y", vector(s.y()));
    figures(out, "upper", s.upper());
    figures(out, "metrics", s.metrics());
    for (Member member : s.members()) {
      line(out, "member " + member.name(), figure(member.weight()));
    }
  }

  private static void figures(PrintWriter out, String what, Map<String, Double> figures) {
    int left = SHOWN;
    for (Map.Entry<String, Double> figure : figures.entrySet()) {
      if (left-- == 0) {
        line(out, what, "... " + (figures.size() - SHOWN) + " more: --output json shows all");
        return;
      }
      line(out, what + "." + figure.getKey(), figure(figure.getValue()));
    }
  }

  private static String vector(double[] v) {
    return v.length + " entries, norm " + figure(SnapshotDiff.norm(v));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-40s %s%n", name, value);
  }

  /** A number as tables show it. */
  static String figure(@Nullable Double value) {
    if (value == null || !Double.isFinite(value)) {
      return "-";
    }
    boolean counted = value == Math.rint(value) && Math.abs(value) < MOST_COUNTED;
    return String.format(Locale.ROOT, counted ? "%.0f" : "%.6g", value);
  }
}
