package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Positions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cut as it is to be stored: everything in it becomes visible together.
 *
 * @param parts records of keyframes that the snapshot refers to, to be written before it; each is
 *     made when it is asked for
 * @param snapshot value of the snapshot record, or null when this cut publishes none
 * @param snapshotHeaders headers of the snapshot record, empty when there is none
 * @param sha hex SHA-256 of the newest snapshot up to here, empty before the first
 * @param best whether no snapshot up to here had a lower validation loss; never where a vector is
 *     too long for a record, since what the alias points to must stand alone
 * @param deltaEntries entries of vectors in the snapshot that stand over a keyframe or over zero
 * @param checkpoint what a restart gets, {@code previous} filled in; only the last of a commit is
 *     written, so it is not in bytes yet
 * @param deadLetters what could not be used since the last cut
 * @param positions where every lane stands
 */
public record EncodedCut(
    List<SnapshotPart> parts,
    byte @Nullable [] snapshot,
    List<Header> snapshotHeaders,
    String sha,
    boolean best,
    int deltaEntries,
    Checkpoint checkpoint,
    List<DeadLetter> deadLetters,
    Positions positions) {
  /**
   * Bytes of the snapshot.
   *
   * @return length of its value, 0 when there is none
   */
  public int size() {
    return snapshot == null ? 0 : snapshot.length;
  }
}
