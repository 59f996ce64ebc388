package io.thalweg.wire;

/**
 * How vectors are published that are too long to stand in every snapshot.
 *
 * @param inline entries up to which a vector stands in its snapshot whole
 * @param keyframeEvery snapshots after which a longer vector is written whole again, at the latest
 * @param deltaBytes bytes that the differences of one vector may take in a snapshot; a vector that
 *     differs more is written whole again
 */
public record LargeModels(int inline, int keyframeEvery, int deltaBytes) {
  /** What the job file has by default, on a topic as the topics folder makes it. */
  public static final LargeModels DEFAULTS = new LargeModels(65_536, 1_000, 3 << 20);

  /** All vectors stand in their snapshots, however long. */
  public static final LargeModels NONE = new LargeModels(Integer.MAX_VALUE, 1, 0);

  /**
   * Checks the ranges.
   *
   * @param inline entries up to which a vector stands in its snapshot whole
   * @param keyframeEvery snapshots after which a longer vector is written whole again, at the
   *     latest
   * @param deltaBytes bytes that the differences of one vector may take in a snapshot
   */
  public LargeModels {
    if (inline < 1 || keyframeEvery < 1 || deltaBytes < 0) {
      throw new IllegalArgumentException(
          "expected inline and keyframeEvery from 1 and deltaBytes from 0, found "
              + inline
              + ", "
              + keyframeEvery
              + ", "
              + deltaBytes);
    }
  }

  /**
   * The same with other room for differences.
   *
   * @param bytes in a snapshot, per vector
   * @return the copy
   */
  public LargeModels withDeltaBytes(int bytes) {
    return new LargeModels(inline, keyframeEvery, bytes);
  }
}
