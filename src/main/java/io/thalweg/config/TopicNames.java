package io.thalweg.config;

import org.jspecify.annotations.Nullable;

/**
 * The topics of a job.
 *
 * @param train lower samples
 * @param validation upper samples
 * @param snapshots published parameters
 * @param checkpoints the state to restart from
 * @param control commands to the running job
 * @param deadLetters records that could not be used
 * @param partitions partitions of sample topics when they are created, or null for the topics
 *     folder's figure
 * @param replication replicas when topics are created, or null for the topics folder's figure
 */
public record TopicNames(
    String train,
    String validation,
    String snapshots,
    String checkpoints,
    String control,
    String deadLetters,
    @Nullable Integer partitions,
    @Nullable Integer replication) {
  /**
   * The names of a job that overrides none.
   *
   * @param job its name
   * @return {@code job.train} and so on
   */
  public static TopicNames of(String job) {
    return new TopicNames(
        job + ".train",
        job + ".validation",
        job + ".snapshots",
        job + ".checkpoints",
        job + ".control",
        job + ".dead-letters",
        null,
        null);
  }
}
