package io.thalweg.kafka;

import io.thalweg.wire.SnapshotAlias;
import java.util.List;

/**
 * Which version an alias points to, looked up as often as one likes: after the first time only what
 * was written since is read. Used by one thread, which it blocks.
 */
public final class AliasWatch implements AutoCloseable {
  private final SnapshotLog log;
  private long version;
  private boolean looked;

  /**
   * Connects.
   *
   * @param kafka settings
   * @param topic the snapshot topic
   * @param job its job
   * @param alias which
   * @throws KafkaFailure when the topic is missing, or no broker answers within 10 seconds
   */
  public AliasWatch(KafkaSettings kafka, String topic, String job, SnapshotAlias alias) {
    this.log = new SnapshotLog(kafka, topic, alias.key(job));
    log.fromRecent();
  }

  /**
   * Looks, and leaves out what is known to hold no record of the alias.
   *
   * @param own what the job has written itself, which pins nothing
   * @return the version it points to now, 0 where it points to nothing
   * @throws KafkaFailure when the topic cannot be read
   * @throws io.thalweg.wire.SnapshotFormatException when what stands there is no snapshot
   */
  public long version(OwnTail own) {
    if (looked) {
      readUpTo(own.from());
      if (log.position() < own.end()) {
        log.fromOffset(own.end());
      }
    }
    return version();
  }

  /**
   * Looks.
   *
   * @return the version it points to now, 0 where it points to nothing
   * @throws KafkaFailure when the topic cannot be read
   * @throws io.thalweg.wire.SnapshotFormatException when what stands there is no snapshot
   */
  public long version() {
    looked = true;
    readUpTo(log.end());
    return version;
  }

  private void readUpTo(long end) {
    List<SnapshotLog.Entry> entries = log.next(end);
    while (!entries.isEmpty()) {
      SnapshotLog.Entry last = entries.get(entries.size() - 1);
      version = last.isWithdrawal() ? 0 : log.heading(last).version();
      entries = log.next(end);
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
