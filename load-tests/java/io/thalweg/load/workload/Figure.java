package io.thalweg.load.workload;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** What a run yields and a workload can ask for. */
public enum Figure {
  /** Half of the samples were acknowledged within. */
  ACK_P50("sample to acknowledgement, p50", "ms", false),
  /** 99 of 100 samples were acknowledged within. */
  ACK_P99("sample to acknowledgement, p99", "ms", false),
  /** Half of the samples were in the solver within. */
  CONSUMED_P50("sample to solver, p50", "ms", false),
  /** 99 of 100 samples were in the solver within. */
  CONSUMED_P99("sample to solver, p99", "ms", false),
  /** Half of the samples were covered by a snapshot in the reader's hands within. */
  COVERED_P50("sample to snapshot, p50", "ms", false),
  /** 99 of 100 samples were covered by a snapshot in the reader's hands within. */
  COVERED_P99("sample to snapshot, p99", "ms", false),
  /** Half of the snapshots were in use by the reader within. */
  SWAPPED_P50("snapshot to reader, p50", "ms", false),
  /** 99 of 100 snapshots were in use by the reader within. */
  SWAPPED_P99("snapshot to reader, p99", "ms", false),
  /** The highest step of a ramp that was sustained, before two in a row that were not. */
  SUSTAINED("sustained rate", "samples/s", true),
  /**
   * Rate at which a backlog was taken in, from the solver's first record until 99 of 100 are
   * covered.
   */
  DRAINED("backlog drained", "samples/s", true),
  /** From the start of the solver's process to its first record. */
  STARTED("start to first record", "s", false),
  /** From the kill to the first snapshot of the next life. */
  RECOVERED("kill to next snapshot", "s", false),
  /** From the end of a disturbance until all that came before it is covered. */
  CAUGHT_UP("disturbance caught up with", "s", false),
  /** Samples that were acknowledged and that no snapshot covers. */
  LOST("samples lost", "samples", false),
  /** Difference between what the last snapshot says it learned from and what it covers. */
  MISCOUNTED("samples counted wrongly", "samples", false),
  /** Sends that failed. */
  FAILED("sends failed", "samples", false),
  /** Times that the solver's process ended by itself. */
  DIED("ends of the solver by itself", "times", false);

  private final String title;
  private final String unit;
  private final boolean least;

  Figure(String title, String unit, boolean least) {
    this.title = title;
    this.unit = unit;
    this.least = least;
  }

  /**
   * By its name in files.
   *
   * @param key as {@code covered-p99}
   * @return the figure
   */
  @JsonCreator
  public static Figure of(String key) {
    return Arrays.stream(values())
        .filter(figure -> figure.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected one of " + Arrays.stream(values()).map(Figure::key).toList()));
  }

  /**
   * Its name in files.
   *
   * @return as {@code covered-p99}
   */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Its name for people.
   *
   * @return some words
   */
  public String title() {
    return title;
  }

  /**
   * What it is counted in.
   *
   * @return a unit
   */
  public String unit() {
    return unit;
  }

  /**
   * Whether more is better.
   *
   * @return true for rates
   */
  public boolean least() {
    return least;
  }
}
