package io.thalweg.load.workload;

import java.util.Map;

/**
 * One way to run the job under a workload.
 *
 * @param name part of the names of files
 * @param title for people
 * @param delivery {@code exactly-once} or {@code at-least-once}
 * @param every when snapshots are taken, as the job file says it
 * @param asked targets by the names of {@link Figure}
 */
public record Setting(
    String name,
    String title,
    String delivery,
    Map<String, Object> every,
    Map<Figure, Double> asked) {
  /** Fills in what was not given. */
  @SuppressWarnings("ConstantValue") // what a file leaves out arrives as null
  public Setting {
    title = title == null ? name : title;
    delivery = delivery == null ? "exactly-once" : delivery;
    every = every == null ? Map.of("time", "100ms") : Map.copyOf(every);
    asked = asked == null ? Map.of() : asked;
  }
}
