package io.thalweg.kafka;

import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotFormatException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds snapshots of a job, each by a version or an alias, in the topic as it was at the first
 * version that was asked for. The topic is walked backwards, no further than a version hangs on and
 * no part of it twice, however many are asked for. Used by one thread, which it blocks; nothing is
 * opened before something is asked for.
 */
final class SnapshotSearch implements ControlTargets.Lookup {
  /** Offsets that are read at once on the way backwards, at first and at the most. */
  private static final long LEAST_PIECE = 64;

  private static final long MOST_PIECE = 4096;

  private final KafkaSettings kafka;
  private final String topic;
  private final String job;
  private final ReadLimit limit;
  private @Nullable SnapshotLog opened;

  /** What was passed on the way, the newest first: 16 bytes a snapshot. */
  private long[] versions = new long[64];

  private long[] offsets = new long[64];
  private int passed;
  private long walkedTo;
  private boolean atBeginning;
  private long piece = LEAST_PIECE;

  /**
   * A search.
   *
   * @param kafka settings
   * @param topic the snapshot topic
   * @param job whose
   * @param limit until when
   */
  SnapshotSearch(KafkaSettings kafka, String topic, String job, ReadLimit limit) {
    this.kafka = kafka;
    this.topic = topic;
    this.job = job;
    this.limit = limit;
  }

  /**
   * A snapshot by its version.
   *
   * @param version which; of several, the one of the last life
   * @return it, or null when it is neither in the topic nor under an alias
   * @throws KafkaFailure when the topic cannot be read, or the time is over
   * @throws SnapshotFormatException when it is damaged, or a keyframe it goes back to is gone
   */
  @Override
  public SnapshotRegistry.@Nullable Found find(long version) {
    SnapshotLog log = log();
    int at = place(log, version);
    if (at >= 0) {
      log.fromSnapshot(offsets[at]);
      for (SnapshotLog.Entry entry : log.next(offsets[at] + 1)) {
        if (entry.offset() == offsets[at]) {
          return SnapshotRegistry.found(log, entry);
        }
      }
    }
    for (SnapshotAlias alias : List.of(SnapshotAlias.BEST, SnapshotAlias.PINNED)) {
      SnapshotRegistry.Found pointed = find(alias);
      if (pointed != null && pointed.snapshot().version() == version) {
        return pointed;
      }
    }
    return null;
  }

  /**
   * The snapshot an alias points to, as it is now.
   *
   * @param alias which
   * @return it, or null when the alias points to nothing
   * @throws KafkaFailure when the topic cannot be read, or the time is over
   * @throws SnapshotFormatException when it is damaged, or a keyframe it goes back to is gone
   */
  @Override
  public SnapshotRegistry.@Nullable Found find(SnapshotAlias alias) {
    try (SnapshotLog log = new SnapshotLog(kafka, topic, alias.key(job), limit)) {
      log.fromRecent();
      SnapshotRegistry.Found found = null;
      long end = log.end();
      List<SnapshotLog.Entry> entries = log.next(end);
      while (!entries.isEmpty()) { // keyframes must be at hand, so the last of each part is read
        SnapshotLog.Entry last = entries.get(entries.size() - 1);
        found = last.isWithdrawal() ? null : SnapshotRegistry.found(log, last);
        entries = log.next(end);
      }
      return found;
    }
  }

  private SnapshotLog log() {
    SnapshotLog log = opened;
    if (log == null) {
      log = new SnapshotLog(kafka, topic, job, limit);
      opened = log;
      walkedTo = log.end();
    }
    return log;
  }

  /** Which versions there are: walks to the beginning. */
  SnapshotRegistry.Extent extent() {
    SnapshotLog log = log();
    while (!atBeginning) {
      walk(log);
    }
    long count = 0;
    long first = Long.MAX_VALUE;
    for (int i = 0; i < passed; i++) {
      if (versions[i] < first) { // else a later life took it back
        first = versions[i];
        count++;
      }
    }
    return count == 0
        ? new SnapshotRegistry.Extent(0, 0, 0)
        : new SnapshotRegistry.Extent(count, first, versions[0]);
  }

  /**
   * Where a version is among what was passed, walking on where that may help; -1 when it is not.
   */
  private int place(SnapshotLog log, long version) {
    int seen = 0;
    while (true) {
      for (; seen < passed; seen++) {
        if (versions[seen] == version) {
          return seen;
        }
        if (versions[seen] < version) {
          return -1; // further back lies only what is older, or what a later life took back
        }
      }
      if (atBeginning) {
        return -1;
      }
      walk(log);
    }
  }

  private void walk(SnapshotLog log) {
    long to = walkedTo;
    long from = log.fromOffset(Math.max(0, to - piece));
    if (from >= to) {
      atBeginning = true;
      return;
    }
    int before = passed;
    List<SnapshotLog.Entry> entries = log.next(to);
    while (!entries.isEmpty()) {
      for (SnapshotLog.Entry entry : entries) {
        pass(log, entry);
      }
      entries = log.next(to);
    }
    for (int i = before, j = passed - 1; i < j; i++, j--) { // a piece is read forwards
      swap(versions, i, j);
      swap(offsets, i, j);
    }
    walkedTo = from;
    piece = Math.min(MOST_PIECE, 2 * piece);
  }

  private void pass(SnapshotLog log, SnapshotLog.Entry entry) {
    long version;
    try {
      version = log.version(entry);
    } catch (SnapshotFormatException e) {
      return; // not what is looked for
    }
    if (passed == versions.length) {
      versions = Arrays.copyOf(versions, 2 * passed);
      offsets = Arrays.copyOf(offsets, 2 * passed);
    }
    versions[passed] = version;
    offsets[passed++] = entry.offset();
  }

  private static void swap(long[] array, int i, int j) {
    long kept = array[i];
    array[i] = array[j];
    array[j] = kept;
  }

  @Override
  public void close() {
    SnapshotLog log = opened;
    if (log != null) {
      opened = null;
      log.close();
    }
  }
}
