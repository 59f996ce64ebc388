package io.thalweg.pipeline;

import io.thalweg.solver.Solver;
import io.thalweg.stream.Event;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what was published with what was recomputed, bit for bit. */
final class Comparison {
  /** Figures that tell how far the run had read, which no ledger says. */
  private static final Set<String> OF_READING = Set.of("rejected-samples", "left-out-samples");

  private final Solver solver;
  private final Tally tally;
  private final boolean readsLower;
  private String software = "";

  Comparison(Solver solver, Tally tally, boolean readsLower) {
    this.solver = solver;
    this.tally = tally;
    this.readsLower = readsLower;
  }

  /**
   * What differs between a snapshot and the solver's state, null when nothing does.
   *
   * @param computed events since the snapshot before
   */
  @Nullable String difference(Snapshot snapshot, List<Event> computed) {
    if (solver.steps() != snapshot.step()) {
      return "step: published " + snapshot.step() + ", recomputed " + solver.steps();
    }
    double[] x = new double[solver.upperDim()];
    double[] y = new double[solver.lowerDim()];
    solver.upper(x);
    solver.lower(y);
    String inX = difference("x", snapshot.x(), x);
    if (inX != null) {
      return inX;
    }
    String inY = difference("y", snapshot.y(), y);
    if (inY != null) {
      return inY;
    }
    String inMembers = difference(snapshot.members());
    if (inMembers != null) {
      return inMembers;
    }
    String inRange = difference(snapshot.range());
    if (inRange != null) {
      return inRange;
    }
    String inMetrics = difference(snapshot.metrics(), snapshot.software());
    return inMetrics != null ? inMetrics : inEvents(recomputable(snapshot), computed);
  }

  /** A range that was too long to be published is not judged. */
  private @Nullable String difference(FeatureRange published) {
    if (published.isEmpty()) {
      return null;
    }
    FeatureRange[] computed = {FeatureRange.NONE};
    solver.range((low, high) -> computed[0] = new FeatureRange(low.clone(), high.clone()));
    String low = difference("range.low", published.low(), computed[0].low());
    return low != null ? low : difference("range.high", published.high(), computed[0].high());
  }

  /** Figures of one version of the program; another may count from where it took the run up. */
  private @Nullable String difference(Map<String, Double> published, String by) {
    software = software.isEmpty() ? by : software;
    if (!software.equals(by)) {
      return null;
    }
    Map<String, Double> computed = new HashMap<>();
    tally.report(computed, true, readsLower);
    solver.report(computed::put);
    for (Map.Entry<String, Double> figure : published.entrySet()) {
      String name = figure.getKey();
      Double own = computed.get(name);
      if (!OF_READING.contains(name)
          && (own == null
              || Double.doubleToRawLongBits(own)
                  != Double.doubleToRawLongBits(figure.getValue()))) {
        return "metrics."
            + name
            + ": published "
            + figure.getValue()
            + ", recomputed "
            + (own == null ? "none" : own);
      }
    }
    return null;
  }

  private @Nullable String difference(List<Member> published) {
    List<String> computed = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    solver.members(
        (name, weight, y) -> {
          int i = computed.size();
          computed.add(name);
          if (i < published.size() && differences.isEmpty()) {
            String difference = difference(published.get(i), weight, y);
            if (difference != null) {
              differences.add(difference);
            }
          }
        });
    List<String> names = published.stream().map(Member::name).toList();
    if (!names.equals(computed)) {
      return "members: published " + names + ", recomputed " + computed;
    }
    return differences.isEmpty() ? null : differences.get(0);
  }

  /** Without those that say why a record was turned away whatever the state: no ledger has it. */
  private static List<Event> recomputable(Snapshot snapshot) {
    Set<Double> obeyed = new HashSet<>();
    snapshot.ledger().commands().forEach(command -> obeyed.add((double) command.offset()));
    List<Event> events = new ArrayList<>(snapshot.events());
    events.removeIf(
        event ->
            event.kind().equals(Event.COMMAND_REJECTED)
                && !obeyed.contains(event.figures().get(Event.COMMAND_OFFSET)));
    return events;
  }

  private static @Nullable String inEvents(List<Event> published, List<Event> computed) {
    return published.equals(computed)
        ? null
        : "events: published " + published + ", recomputed " + computed;
  }

  /** A member whose vector was too long to be published is judged by its weight. */
  private static @Nullable String difference(Member published, double weight, double[] y) {
    String path = "members." + published.name();
    if (Double.doubleToRawLongBits(published.weight()) != Double.doubleToRawLongBits(weight)) {
      return path + ".weight: published " + published.weight() + ", recomputed " + weight;
    }
    return published.y().length == 0 ? null : difference(path + ".y", published.y(), y);
  }

  private static @Nullable String difference(String name, double[] published, double[] computed) {
    if (published.length != computed.length) {
      return name + ": published " + published.length + " entries, recomputed " + computed.length;
    }
    for (int i = 0; i < published.length; i++) {
      if (Double.doubleToRawLongBits(published[i]) != Double.doubleToRawLongBits(computed[i])) {
        return name + "[" + i + "]: published " + published[i] + ", recomputed " + computed[i];
      }
    }
    return null;
  }
}
