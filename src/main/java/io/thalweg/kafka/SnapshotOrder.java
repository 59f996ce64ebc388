package io.thalweg.kafka;

import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import org.jspecify.annotations.Nullable;

/**
 * Which of the snapshots that a reader comes by follow the one it has. Within a life versions grow
 * by one and each names the SHA-256 of the one before; a later life goes on from what was
 * committed, and without transactions takes the last versions back. Used by one thread.
 */
final class SnapshotOrder {
  /** What to make of a snapshot. */
  enum Verdict {
    /** The first one, or the next of the chain, or the first of a later life. */
    FOLLOWS,
    /** A later one; those between were not seen, so the chain says nothing. */
    LATER,
    /** Of an earlier life, or already seen. */
    OLD,
    /** The next by its version, but it names another one as the one before. */
    BREAKS
  }

  private @Nullable Snapshot newest;
  private String sha = "";

  /** The last one that follows or is later; null before the first. */
  @Nullable Snapshot newest() {
    return newest;
  }

  /** Judges the next snapshot of the topic; those that follow or are later take the place. */
  Verdict take(SnapshotCodec.Decoded read) {
    Verdict verdict = judge(read.snapshot(), read.previous());
    if (verdict == Verdict.FOLLOWS || verdict == Verdict.LATER) {
      newest = read.snapshot();
      sha = read.sha();
    }
    return verdict;
  }

  private Verdict judge(Snapshot now, String previous) {
    Snapshot before = newest;
    if (before == null) {
      return Verdict.FOLLOWS;
    }
    boolean laterLife = now.epoch() > before.epoch();
    if (now.epoch() < before.epoch() || (!laterLife && now.version() <= before.version())) {
      return Verdict.OLD;
    }
    if (now.version() <= before.version()) {
      return Verdict.FOLLOWS;
    }
    if (now.version() > before.version() + 1) {
      return Verdict.LATER;
    }
    return previous.equals(sha) ? Verdict.FOLLOWS : Verdict.BREAKS;
  }
}
