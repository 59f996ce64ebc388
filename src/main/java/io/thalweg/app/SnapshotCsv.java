package io.thalweg.app;

import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as comma-separated rows, a column for each thing that was asked for by its place in the
 * record: {@code upper.l2}, {@code metrics.prequential-loss}, {@code members.reference}. What a
 * snapshot does not have is an empty cell.
 */
final class SnapshotCsv {
  private static final String UPPER = "upper.";
  private static final String METRICS = "metrics.";
  private static final String MEMBERS = "members.";

  private final List<String> names;
  private final List<Function<Snapshot, @Nullable Object>> columns = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param names of the columns
   * @throws IllegalArgumentException for one that no snapshot can have
   */
  SnapshotCsv(List<String> names) {
    this.names = List.copyOf(names);
    names.forEach(name -> columns.add(column(name)));
  }

  private static Function<Snapshot, @Nullable Object> column(String name) {
    if (name.startsWith(UPPER)) {
      String key = name.substring(UPPER.length());
      return snapshot -> snapshot.upper().get(key);
    }
    if (name.startsWith(METRICS)) {
      String key = name.substring(METRICS.length());
      return snapshot -> snapshot.metrics().get(key);
    }
    if (name.startsWith(MEMBERS)) {
      String key = name.substring(MEMBERS.length());
      return snapshot -> weight(snapshot, key);
    }
    return switch (name) {
      case "epoch" -> Snapshot::epoch;
      case "version" -> Snapshot::version;
      case "step" -> Snapshot::step;
      case "time" -> Snapshot::timeMillis;
      default ->
          throw new IllegalArgumentException(
              "a column is epoch, version, step, time, upper.NAME, metrics.NAME or members.NAME,"
                  + " but was \""
                  + name
                  + "\"");
    };
  }

  private static @Nullable Object weight(Snapshot snapshot, String member) {
    for (Member each : snapshot.members()) {
      if (each.name().equals(member)) {
        return each.weight();
      }
    }
    return null;
  }

  /** The names of the columns. */
  String head() {
    return String.join(",", names);
  }

  /** One snapshot. */
  String row(Snapshot snapshot) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Object cell = columns.get(i).apply(snapshot);
      out.append(i == 0 ? "" : ",").append(cell == null ? "" : cell);
    }
    return out.toString();
  }
}
