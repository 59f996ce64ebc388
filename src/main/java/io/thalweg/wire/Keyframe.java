package io.thalweg.wire;

import io.thalweg.stream.Header;
import java.util.List;

/**
 * What a snapshot says of the keyframe its vector goes back to.
 *
 * @param vector x or y
 * @param epoch of the life that wrote it
 * @param version of the snapshot it was written with
 * @param slot 0 or 1, in turn
 * @param parts how many records it has
 * @param length entries of the vector
 * @param sha hex SHA-256 of all its bytes
 */
public record Keyframe(
    String vector, long epoch, long version, int slot, int parts, int length, String sha) {
  /** Entries in a part: 512 KiB, well below any broker's limit of a record. */
  public static final int PART = 65_536;

  /** Sets of keys used in turn, so that a keyframe under way never overwrites the last one. */
  static final int SLOTS = 2;

  /**
   * How many parts a vector has.
   *
   * @param length its entries
   * @return all but the last hold {@link #PART} entries
   */
  static int parts(int length) {
    return (int) (((long) length + PART - 1) / PART);
  }

  /** Entries of a part. */
  static int entries(int length, int part) {
    return Math.min(PART, length - part * PART);
  }

  /**
   * Whether a record is its first part.
   *
   * @param headers of a record of a keyframe
   * @return true when vector, epoch, version and number are those looked for
   */
  public boolean beginsWith(List<Header> headers) {
    return SnapshotPart.says(headers, SnapshotPart.VECTOR, vector)
        && SnapshotPart.says(headers, SnapshotPart.EPOCH, Long.toString(epoch))
        && SnapshotPart.says(headers, SnapshotPart.VERSION, Long.toString(version))
        && SnapshotPart.says(headers, SnapshotPart.PART, "0");
  }

  /** Epoch and version, by which keyframes are told apart. */
  String id() {
    return epoch + "/" + version;
  }
}
