package io.thalweg.stream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What readers get: the point reached and where it came from; never resumed from.
 *
 * @param job name of the job
 * @param epoch grows at each start
 * @param version monotone for ever, never reused
 * @param step t of the method
 * @param timeMillis when it was taken, milliseconds since 1970
 * @param method id of the method
 * @param config fingerprint of the configuration
 * @param upper name to value in user units, in coordinate order; empty where there are too many
 * @param x upper variable; not to be modified
 * @param y lower variable; not to be modified
 * @param members what y is the weighted sum of; empty for a method that trains one model
 * @param range between what ends features count as they are
 * @param metrics name to figure
 * @param positions where every lane stands after the last step of the snapshot
 * @param ledger which samples fed each step since the previous snapshot
 * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
 * @param software version of the program
 * @param events what was noticed or done about the method since the snapshot before
 */
public record Snapshot(
    String job,
    long epoch,
    long version,
    long step,
    long timeMillis,
    String method,
    String config,
    Map<String, Double> upper,
    double[] x,
    double[] y,
    List<Member> members,
    FeatureRange range,
    Map<String, Double> metrics,
    Positions positions,
    Ledger ledger,
    long eventTimeMillis,
    String software,
    List<Event> events) {
  /**
   * Copies the list and the maps, keeping their order; {@link NamedFigures} never change and are
   * kept.
   *
   * @param job name of the job
   * @param epoch grows at each start
   * @param version monotone for ever, never reused
   * @param step t of the method
   * @param timeMillis when it was taken, milliseconds since 1970
   * @param method id of the method
   * @param config fingerprint of the configuration
   * @param upper name to value in user units, in coordinate order
   * @param x upper variable; not to be modified
   * @param y lower variable; not to be modified
   * @param members what y is the weighted sum of; empty for a method that trains one model
   * @param range between what ends features count as they are
   * @param metrics name to figure
   * @param positions where every lane stands after the last step of the snapshot
   * @param ledger which samples fed each step since the previous snapshot
   * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
   * @param software version of the program
   * @param events what was noticed or done about the method since the snapshot before
   */
  public Snapshot {
    upper =
        upper instanceof NamedFigures
            ? upper
            : Collections.unmodifiableMap(new LinkedHashMap<>(upper));
    members = List.copyOf(members);
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    events = List.copyOf(events);
  }

  /**
   * A snapshot without events, whose features all count as they are.
   *
   * @param job name of the job
   * @param epoch grows at each start
   * @param version monotone for ever, never reused
   * @param step t of the method
   * @param timeMillis when it was taken, milliseconds since 1970
   * @param method id of the method
   * @param config fingerprint of the configuration
   * @param upper name to value in user units, in coordinate order
   * @param x upper variable; not to be modified
   * @param y lower variable; not to be modified
   * @param members what y is the weighted sum of; empty for a method that trains one model
   * @param metrics name to figure
   * @param positions where every lane stands after the last step of the snapshot
   * @param ledger which samples fed each step since the previous snapshot
   * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
   * @param software version of the program
   */
  public Snapshot(
      String job,
      long epoch,
      long version,
      long step,
      long timeMillis,
      String method,
      String config,
      Map<String, Double> upper,
      double[] x,
      double[] y,
      List<Member> members,
      Map<String, Double> metrics,
      Positions positions,
      Ledger ledger,
      long eventTimeMillis,
      String software) {
    this(
        job,
        epoch,
        version,
        step,
        timeMillis,
        method,
        config,
        upper,
        x,
        y,
        members,
        FeatureRange.NONE,
        metrics,
        positions,
        ledger,
        eventTimeMillis,
        software,
        List.of());
  }

  /**
   * The same with events.
   *
   * @param noticed what was noticed or done about the method since the snapshot before
   * @return a copy
   */
  public Snapshot withEvents(List<Event> noticed) {
    return new Snapshot(
        job,
        epoch,
        version,
        step,
        timeMillis,
        method,
        config,
        upper,
        x,
        y,
        members,
        range,
        metrics,
        positions,
        ledger,
        eventTimeMillis,
        software,
        noticed);
  }

  /**
   * The same without what grows with the model, for whoever keeps many.
   *
   * @return a copy with empty vectors, those of the members too, and no upper coordinates by name
   */
  public Snapshot withoutModel() {
    return new Snapshot(
        job,
        epoch,
        version,
        step,
        timeMillis,
        method,
        config,
        Map.of(),
        new double[0],
        new double[0],
        members.stream().map(Member::withoutModel).toList(),
        FeatureRange.NONE,
        metrics,
        positions,
        ledger,
        eventTimeMillis,
        software,
        events);
  }
}
