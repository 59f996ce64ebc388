package io.thalweg.telemetry;

/**
 * The command that paused a job.
 *
 * @param offset of its record on the control topic
 * @param timeMillis when it was written, 0 where its record is gone
 * @param by who sent it, empty where nobody said
 */
public record Pause(long offset, long timeMillis, String by) {}
