package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Header;
import io.thalweg.stream.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the cuts of one run in order and links each snapshot to the one before by its SHA-256, so
 * that a reader notices a missing or a changed one. Used by one thread; when a cut could not be
 * committed, the run is over and the next one starts with an encoder of its own.
 */
public final class CutEncoder {
  private final SnapshotCodec codec;
  private String previous;

  /**
   * An encoder that goes on where a run stopped.
   *
   * @param codec how snapshots are written
   * @param restored the checkpoint the run resumes from, or null for a first start
   */
  public CutEncoder(SnapshotCodec codec, @Nullable Checkpoint restored) {
    this.codec = codec;
    this.previous = restored == null ? "" : restored.previous();
  }

  /**
   * Encodes the next cut.
   *
   * @param cut the cut that follows the last one encoded
   * @return its bytes, the checkpoint's {@code previous} filled in
   * @throws NonFiniteException when the snapshot holds a number that is not finite; the chain
   *     stands as it was
   */
  public EncodedCut encode(Cut cut) {
    Snapshot snapshot = cut.snapshot();
    byte[] value = null;
    List<Header> headers = List.of();
    if (snapshot != null) {
      value = codec.encode(snapshot, previous);
      previous = Sha256.hex(value);
      headers = SnapshotCodec.headers(snapshot, previous);
    }
    byte[] checkpoint = CheckpointCodec.encode(cut.checkpoint().withPrevious(previous));
    return new EncodedCut(
        value, headers, previous, checkpoint, cut.deadLetters(), cut.checkpoint().positions());
  }
}
