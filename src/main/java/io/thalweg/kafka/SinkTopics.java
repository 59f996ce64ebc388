package io.thalweg.kafka;

import java.util.List;

/**
 * Where a job writes.
 *
 * @param snapshots what readers get
 * @param checkpoints what a restart gets
 * @param deadLetters samples that could not be used
 * @param control events, beside the commands of operators
 */
public record SinkTopics(String snapshots, String checkpoints, String deadLetters, String control) {
  /**
   * The names a job has unless its job file says otherwise.
   *
   * @param job name of the job
   * @return {@code job.snapshots}, {@code job.checkpoints}, {@code job.dead-letters}, {@code
   *     job.control}
   */
  public static SinkTopics of(String job) {
    return new SinkTopics(
        job + ".snapshots", job + ".checkpoints", job + ".dead-letters", job + ".control");
  }

  /**
   * All of them, to check that they exist.
   *
   * @return the four names
   */
  public List<String> names() {
    return List.of(snapshots, checkpoints, deadLetters, control);
  }
}
