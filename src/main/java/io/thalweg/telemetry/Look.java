package io.thalweg.telemetry;

import java.util.List;

/**
 * An instance as seen at one moment.
 *
 * @param facts what it said of itself
 * @param checks conditions of readiness
 * @param rate samples taken in per second, over the last few seconds
 * @param rejected samples refused in this process
 */
public record Look(Facts facts, List<Check> checks, double rate, long rejected) {
  /**
   * Whether every condition holds.
   *
   * @return what a readiness probe is told
   */
  public boolean ready() {
    return checks.stream().allMatch(Check::ok);
  }

  /**
   * What keeps it from being ready.
   *
   * @return the details of the conditions that do not hold
   */
  public List<String> reasons() {
    return checks.stream().filter(check -> !check.ok()).map(Check::detail).toList();
  }
}
