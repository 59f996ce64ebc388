package io.thalweg.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How one vector of one snapshot is written: whole, or as its differences from a keyframe or from
 * zero.
 */
sealed interface VectorForm {
  /** In the snapshot itself. */
  record Whole(double[] vector) implements VectorForm {}

  /**
   * Entries that differ, over what the others are.
   *
   * @param length entries of the vector
   * @param keyframe what the others are taken from, or null for zero
   * @param delta entries that differ, or null when none does
   */
  record Over(int length, @Nullable Keyframe keyframe, @Nullable Delta delta)
      implements VectorForm {}

  /**
   * Entries and their places.
   *
   * @param index places in growing order, little-endian ints
   * @param data the entries, little-endian doubles
   */
  record Delta(byte[] index, byte[] data) {
    /** Bytes of an entry in base64. */
    static final int ENTRY = 16;

    /** The entries of a vector whose bits differ from those of another, zeros when null. */
    static Delta of(double[] vector, double @Nullable [] from, int count) {
      ByteBuffer index = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, count));
      ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, count));
      index.order(ByteOrder.LITTLE_ENDIAN);
      data.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < vector.length; i++) {
        long bits = Double.doubleToRawLongBits(vector[i]);
        if (bits != (from == null ? 0 : Double.doubleToRawLongBits(from[i]))) {
          index.putInt(i);
          data.putLong(bits);
        }
      }
      return new Delta(index.array(), data.array());
    }

    int count() {
      return index.length / Integer.BYTES;
    }
  }
}
