package io.thalweg.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two snapshots of a job.
 *
 * @param from the first
 * @param to the second
 * @param upper hyperparameters that differ, by name
 * @param metrics figures that differ, by name
 * @param members weights that differ, by name
 * @param x how far x moved
 * @param y how far y moved
 */
record SnapshotDiff(
    Snapshot from,
    Snapshot to,
    List<Change> upper,
    List<Change> metrics,
    List<Change> members,
    @Nullable Move x,
    @Nullable Move y) {
  private static final int SHOWN = 32;

  /** One number by name in both; null where one has none of that name. */
  record Change(String name, @Nullable Double from, @Nullable Double to) {
    double by() {
      return from == null || to == null ? Double.NaN : to - from;
    }
  }

  /**
   * A vector in both.
   *
   * @param from norm in the first
   * @param to norm in the second
   * @param moved norm of the difference
   * @param most largest difference of an entry
   */
  record Move(double from, double to, double moved, double most) {}

  static SnapshotDiff of(Snapshot from, Snapshot to) {
    return new SnapshotDiff(
        from,
        to,
        changes(from.upper(), to.upper()),
        changes(from.metrics(), to.metrics()),
        changes(weights(from), weights(to)),
        move(from.x(), to.x()),
        move(from.y(), to.y()));
  }

  private static Map<String, Double> weights(Snapshot of) {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (Member member : of.members()) {
      weights.put(member.name(), member.weight());
    }
    return weights;
  }

  private static List<Change> changes(Map<String, Double> from, Map<String, Double> to) {
    Set<String> names = new LinkedHashSet<>(from.keySet());
    names.addAll(to.keySet());
    List<Change> changes = new ArrayList<>();
    Map<String, Double> before = new LinkedHashMap<>(from);
    Map<String, Double> after = new LinkedHashMap<>(to);
    for (String name : names) {
      Double a = before.get(name);
      Double b = after.get(name);
      if (a == null || !a.equals(b)) {
        changes.add(new Change(name, a, b));
      }
    }
    return List.copyOf(changes);
  }

  /** Null where the lengths differ: nothing can be subtracted. */
  private static @Nullable Move move(double[] from, double[] to) {
    if (from.length != to.length) {
      return null;
    }
    double[] difference = new double[from.length];
    double most = 0;
    for (int i = 0; i < from.length; i++) {
      difference[i] = to[i] - from[i];
      most = Math.max(most, Math.abs(difference[i]));
    }
    return new Move(norm(from), norm(to), norm(difference), most);
  }

  /** The Euclidean norm. */
  static double norm(double[] v) {
    double sum = 0;
    for (double entry : v) {
      sum += entry * entry;
    }
    return Math.sqrt(sum);
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "version %d, step %d  ->  version %d, step %d%n",
        from.version(),
        from.step(),
        to.version(),
        to.step());
    if (!from.config().equals(to.config())) {
      out.println("made by different configurations: losses and vectors may not compare");
    }
    Table table = new Table("what", "from", "to", "change");
    print(table, "upper.", upper);
    print(table, "metrics.", metrics);
    print(table, "members.", members);
    print(table, "x", x, from.x().length, to.x().length);
    print(table, "y", y, from.y().length, to.y().length);
    table.print(out, "");
  }

  private static void print(Table table, String prefix, List<Change> changes) {
    int left = SHOWN;
    for (Change change : changes) {
      if (left-- == 0) {
        table.row(prefix + "...", "", "", (changes.size() - SHOWN) + " more");
        return;
      }
      table.row(
          prefix + change.name(),
          SnapshotTexts.figure(change.from()),
          SnapshotTexts.figure(change.to()),
          SnapshotTexts.figure(change.by()));
    }
  }

  private static void print(Table table, String name, @Nullable Move move, int before, int after) {
    if (move == null) {
      table.row(name, before + " entries", after + " entries", "-");
      return;
    }
    table.row(
        "|" + name + "|",
        SnapshotTexts.figure(move.from()),
        SnapshotTexts.figure(move.to()),
        SnapshotTexts.figure(move.to() - move.from()));
    table.row("|" + name + " moved|", "", "", SnapshotTexts.figure(move.moved()));
    table.row("largest move of an entry of " + name, "", "", SnapshotTexts.figure(move.most()));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("from", side(from));
    json.set("to", side(to));
    json.put("same-config", from.config().equals(to.config()));
    json.set("upper", json(upper));
    json.set("metrics", json(metrics));
    json.set("members", json(members));
    json.set("x", json(x));
    json.set("y", json(y));
    return json;
  }

  private static ObjectNode side(Snapshot of) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", of.version())
        .put("epoch", of.epoch())
        .put("step", of.step());
  }

  private static ObjectNode json(List<Change> changes) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (Change change : changes) {
      json.putObject(change.name()).put("from", change.from()).put("to", change.to());
    }
    return json;
  }

  private static @Nullable ObjectNode json(@Nullable Move move) {
    return move == null
        ? null
        : JsonNodeFactory.instance
            .objectNode()
            .put("norm-from", move.from())
            .put("norm-to", move.to())
            .put("norm-moved", move.moved())
            .put("largest-move", move.most());
  }
}
