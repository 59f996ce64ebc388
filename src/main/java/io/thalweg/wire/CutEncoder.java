package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Header;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the cuts of one run in order and links each snapshot to the one before by its SHA-256, so
 * that a reader notices a missing or a changed one. Long vectors go back to keyframes, which the
 * chain covers by their SHA-256; the first of a run is a keyframe. Used by one thread; when a cut
 * could not be committed, the run is over and the next one starts with an encoder of its own.
 */
public final class CutEncoder {
  /** Where the last keyframes of x and y lie: a note in the checkpoint for the next life. */
  static final String SLOTS = "keyframe-slots";

  private final SnapshotCodec codec;
  private final VectorWriter x;
  private final VectorWriter y;
  private final BestLoss best;
  private String previous;

  /**
   * An encoder that goes on where a run stopped, and writes every vector into its snapshot.
   *
   * @param codec how snapshots are written
   * @param restored the checkpoint the run resumes from, or null for a first start
   */
  public CutEncoder(SnapshotCodec codec, @Nullable Checkpoint restored) {
    this(codec, LargeModels.NONE, restored);
  }

  /**
   * An encoder that goes on where a run stopped.
   *
   * @param codec how snapshots are written
   * @param large how long vectors are written
   * @param restored the checkpoint the run resumes from, or null for a first start
   */
  public CutEncoder(SnapshotCodec codec, LargeModels large, @Nullable Checkpoint restored) {
    this.codec = codec;
    this.previous = restored == null ? "" : restored.previous();
    long[] slots = slots(restored);
    this.x = new VectorWriter("x", large, (int) slots[0]);
    this.y = new VectorWriter("y", large, (int) slots[1]);
    this.best = new BestLoss(restored);
  }

  private static long[] slots(@Nullable Checkpoint restored) {
    if (restored != null) {
      for (StateArray piece : restored.tally()) {
        if (piece instanceof StateArray.Longs longs
            && longs.name().equals(SLOTS)
            && longs.values().length == 2) {
          return longs.values();
        }
      }
    }
    return new long[] {-1, -1};
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
    List<SnapshotPart> parts = List.of();
    int deltaEntries = 0;
    boolean isBest = false;
    if (snapshot != null) {
      VectorWriter.Plan planX = x.plan(snapshot.epoch(), snapshot.version(), snapshot.x());
      VectorWriter.Plan planY = y.plan(snapshot.epoch(), snapshot.version(), snapshot.y());
      value = codec.encode(snapshot, previous, planX.form(), planY.form());
      x.written(planX, value.length);
      y.written(planY, value.length);
      parts = joined(planX.parts(), planY.parts());
      deltaEntries = planX.deltaEntries() + planY.deltaEntries();
      previous = Sha256.hex(value);
      headers = SnapshotCodec.headers(snapshot, previous);
      isBest =
          planX.form() instanceof VectorForm.Whole
              && planY.form() instanceof VectorForm.Whole
              && best.taken(snapshot);
    }
    return new EncodedCut(
        parts,
        value,
        headers,
        previous,
        isBest,
        deltaEntries,
        checkpoint(cut.checkpoint()),
        cut.deadLetters(),
        cut.checkpoint().positions());
  }

  private Checkpoint checkpoint(Checkpoint taken) {
    Checkpoint linked = best.noted(taken.withPrevious(previous));
    return x.hasSlot() || y.hasSlot()
        ? linked.withNote(new StateArray.Longs(SLOTS, new long[] {x.slot(), y.slot()}))
        : linked;
  }

  /** Most often one of the two is empty; parts are made as they are asked for, so no copy. */
  private static List<SnapshotPart> joined(List<SnapshotPart> first, List<SnapshotPart> second) {
    if (first.isEmpty() || second.isEmpty()) {
      return first.isEmpty() ? second : first;
    }
    return new AbstractList<>() {
      @Override
      public SnapshotPart get(int i) {
        return i < first.size() ? first.get(i) : second.get(i - first.size());
      }

      @Override
      public int size() {
        return first.size() + second.size();
      }
    };
  }
}
