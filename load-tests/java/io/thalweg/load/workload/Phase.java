package io.thalweg.load.workload;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time with one rate.
 *
 * @param name for people
 * @param seconds how long; with {@code samples} or {@code until} the most
 * @param rate samples per second on the schedule; 0 sends nothing
 * @param samples sends so many as fast as the broker takes them, not on a schedule; not measured
 * @param to makes it a ramp: the rate of the last of {@code steps} steps, equal in ratio
 * @param steps how many steps a ramp has
 * @param levels which level is sent to
 * @param measured whether the latencies of its samples count
 * @param disturbs whether what it leaves behind is to be caught up with
 * @param solver what happens to the solver at its start
 * @param untilCovered whether it ends as soon as snapshots cover all that was sent
 */
public record Phase(
    String name,
    double seconds,
    double rate,
    long samples,
    double to,
    int steps,
    Levels levels,
    @Nullable Boolean measured,
    boolean disturbs,
    SolverEvent solver,
    boolean untilCovered) {
  /** Where samples go. */
  public enum Levels {
    /** To each level in turn. */
    BOTH,
    /** Training samples alone. */
    TRAIN,
    /** Validation samples alone. */
    VALIDATION
  }

  /** What happens to the solver's process. */
  public enum SolverEvent {
    /** Nothing. */
    NONE,
    /** It is started; it was not there before. */
    START,
    /** It is killed (SIGKILL) and started again at once. */
    KILL
  }

  /** Fills in what was not given. */
  @SuppressWarnings("ConstantValue") // what a file leaves out arrives as null
  public Phase {
    levels = levels == null ? Levels.BOTH : levels;
    solver = solver == null ? SolverEvent.NONE : solver;
  }

  /**
   * Whether the latencies of its samples count.
   *
   * @return what was given, else whether it has a schedule
   */
  public boolean counts() {
    return measured == null ? samples == 0 : measured;
  }

  /** A ramp as its steps, anything else as itself. */
  List<Phase> expanded() {
    if (to == 0) {
      return List.of(this);
    }
    List<Phase> out = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double at = rate * Math.pow(to / rate, i / (double) Math.max(1, steps - 1));
      out.add(
          new Phase(
              name + " " + (i + 1),
              seconds / steps,
              Math.rint(at / 100) * 100,
              0,
              0,
              0,
              levels,
              measured,
              disturbs,
              i == 0 ? solver : SolverEvent.NONE,
              false));
    }
    return out;
  }

  /** The same for a shorter or slower run. */
  Phase scaled(double scale, double rates) {
    return new Phase(
        name,
        Math.max(1, seconds * scale),
        rate * rates,
        samples == 0 ? 0 : Math.max(1000, (long) (samples * scale)),
        to * rates,
        steps,
        levels,
        measured,
        disturbs,
        solver,
        untilCovered);
  }
}
