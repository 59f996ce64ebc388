package io.thalweg.telemetry;

import io.thalweg.stream.Event;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chart needs of a committed snapshot; no vectors.
 *
 * @param version of the snapshot
 * @param epoch of the life that made it
 * @param step t of the method
 * @param timeMillis when it was taken
 * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
 * @param sha256 of the record's value, in hexadecimal digits
 * @param metrics name to figure
 * @param upper the first {@link #MOST_NAMES} hyperparameters by name, in the user's units
 * @param events what was noticed or done about the method since the snapshot before
 */
public record Point(
    long version,
    long epoch,
    long step,
    long timeMillis,
    long eventTimeMillis,
    String sha256,
    Map<String, Double> metrics,
    Map<String, Double> upper,
    List<Event> events) {
  /** Hyperparameters that are kept: as many points of a hundred thousand would not fit. */
  public static final int MOST_NAMES = 200;

  /**
   * The point of a snapshot.
   *
   * @param snapshot as it was published
   * @param sha256 of the record's value
   * @return a point that holds nothing of the model
   */
  public static Point of(Snapshot snapshot, String sha256) {
    return of(
        snapshot.version(),
        snapshot.epoch(),
        snapshot.step(),
        snapshot.timeMillis(),
        snapshot.eventTimeMillis(),
        sha256,
        snapshot.metrics(),
        snapshot.upper(),
        snapshot.events());
  }

  /**
   * A point with as many hyperparameters as are kept.
   *
   * @param version of the snapshot
   * @param epoch of the life that made it
   * @param step t of the method
   * @param timeMillis when it was taken
   * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
   * @param sha256 of the record's value, in hexadecimal digits
   * @param metrics name to figure
   * @param upper all hyperparameters by name
   * @param events what was noticed or done since the snapshot before
   * @return a point that holds nothing of the model
   */
  public static Point of(
      long version,
      long epoch,
      long step,
      long timeMillis,
      long eventTimeMillis,
      String sha256,
      Map<String, Double> metrics,
      Map<String, Double> upper,
      List<Event> events) {
    Map<String, Double> kept = new LinkedHashMap<>();
    for (Map.Entry<String, Double> one : upper.entrySet()) {
      if (kept.size() == MOST_NAMES) {
        break;
      }
      kept.put(one.getKey(), one.getValue());
    }
    return new Point(
        version,
        epoch,
        step,
        timeMillis,
        eventTimeMillis,
        sha256,
        metrics,
        Collections.unmodifiableMap(kept),
        events);
  }

  /**
   * This point with what happened at one before it that is left out.
   *
   * @param earlier events, oldest first
   * @param most events that are kept, the newest of them
   * @return this very point where there are none
   */
  Point after(List<Event> earlier, int most) {
    if (earlier.isEmpty()) {
      return this;
    }
    List<Event> all = new ArrayList<>(earlier);
    all.addAll(events);
    List<Event> kept = List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
    return new Point(
        version, epoch, step, timeMillis, eventTimeMillis, sha256, metrics, upper, kept);
  }
}
