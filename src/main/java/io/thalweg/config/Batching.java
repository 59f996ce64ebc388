package io.thalweg.config;

import java.time.Duration;

/**
 * How samples are gathered into the batches of a step.
 *
 * @param lower training samples per step
 * @param upper validation samples per step
 * @param linger how long a started batch waits to be full
 * @param idleUpper what happens while no validation sample arrives
 * @param lowerOnlySteps how many steps the lower level may go on alone
 */
public record Batching(
    int lower, int upper, Duration linger, IdleUpper idleUpper, int lowerOnlySteps) {
  /** What happens while no validation sample arrives. */
  public enum IdleUpper {
    /** No step is taken. */
    WAIT,
    /** The lower level goes on alone, up to a bound. */
    LOWER_ONLY
  }
}
