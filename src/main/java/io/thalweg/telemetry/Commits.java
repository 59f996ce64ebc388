package io.thalweg.telemetry;

/**
 * What one life of the job has committed.
 *
 * @param count commits
 * @param snapshots snapshots in them
 * @param bytes keys and values in them, before compression
 * @param snapshotBytes values of snapshot records in the last one
 * @param lastNanos how long the last one took
 * @param totalNanos how long all of them took together
 */
public record Commits(
    long count, long snapshots, long bytes, long snapshotBytes, long lastNanos, long totalNanos) {
  /** None yet. */
  public static final Commits NONE = new Commits(0, 0, 0, 0, 0, 0);
}
