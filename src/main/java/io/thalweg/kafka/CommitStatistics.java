package io.thalweg.kafka;

/**
 * What a sink has made durable since it was opened.
 *
 * @param commits how many commits
 * @param snapshots snapshots in them
 * @param deadLetters dead letters in them
 * @param bytes keys and values in them, before compression
 * @param lastNanos how long the last commit took, in nanoseconds
 * @param longestNanos how long the slowest took
 * @param totalNanos how long all of them took together
 * @param last what the last commit cost
 * @param total what all of them cost together
 * @param tail what of the snapshot topic is known to be its own work
 */
public record CommitStatistics(
    long commits,
    long snapshots,
    long deadLetters,
    long bytes,
    long lastNanos,
    long longestNanos,
    long totalNanos,
    CommitCost last,
    CommitCost total,
    OwnTail tail) {
  /** Nothing yet. */
  public static final CommitStatistics NONE =
      new CommitStatistics(0, 0, 0, 0, 0, 0, 0, CommitCost.NONE, CommitCost.NONE, OwnTail.NONE);

  CommitStatistics plus(
      long moreSnapshots,
      long moreDeadLetters,
      long moreBytes,
      long nanos,
      CommitCost cost,
      OwnTail newTail) {
    return new CommitStatistics(
        commits + 1,
        snapshots + moreSnapshots,
        deadLetters + moreDeadLetters,
        bytes + moreBytes,
        nanos,
        Math.max(longestNanos, nanos),
        totalNanos + nanos,
        cost,
        total.plus(cost),
        newTail);
  }

  /**
   * Mean size of a commit, for people.
   *
   * @return keys and values before compression, for example {@code 12 kB}
   */
  public String meanSize() {
    long mean = commits == 0 ? 0 : bytes / commits;
    return mean < 10_000_000 ? (mean + 500) / 1_000 + " kB" : (mean + 500_000) / 1_000_000 + " MB";
  }

  /**
   * Mean duration of a commit.
   *
   * @return milliseconds, 0 before the first
   */
  public double meanMillis() {
    return commits == 0 ? 0 : totalNanos / 1e6 / commits;
  }
}
