package io.thalweg.wire;

import io.thalweg.wire.VectorForm.Delta;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides how one of the vectors of a run is written, snapshot after snapshot. A short one stands
 * in the snapshot. A long one with few entries that are not zero is those entries. Any other is a
 * keyframe, written whole in parts, and from then on what differs from it, bit for bit: until the
 * snapshots since, this one included, would take more bytes than the keyframe did, or so many came
 * by, or the differences have no room. Where they grow at a steady rate the first of these is the
 * cheapest rule there is, and where they do not it costs at most twice the cheapest; and whoever
 * begins to read finds the keyframe within as many bytes as the model has.
 *
 * <p>Costs two passes over the vector and keeps a reference to the keyframe's own array.
 */
final class VectorWriter {
  /** A long vector is written as its entries up to this part of those that stand in a snapshot. */
  private static final int SPARSE_SHARE = 2;

  private static final long EXPONENT = 0x7ff0000000000000L;

  private final String name;
  private final LargeModels settings;
  private int slot;
  private @Nullable Keyframe keyframe;
  private double[] base = {};
  private long bytesSince;
  private int snapshotsSince;

  /**
   * What is to be written.
   *
   * @param form what stands in the snapshot
   * @param vector the keyframe to be written before it, or null when there is none
   */
  record Plan(VectorForm form, double @Nullable [] vector) {
    /** The records of the keyframe, made one by one as they are asked for. */
    List<SnapshotPart> parts() {
      double[] whole = vector;
      if (whole == null || !(form instanceof VectorForm.Over over) || over.keyframe() == null) {
        return List.of();
      }
      Keyframe keyframe = over.keyframe();
      return new AbstractList<>() {
        @Override
        public SnapshotPart get(int part) {
          byte[] value = new byte[Double.BYTES * Keyframe.entries(whole.length, part)];
          fill(whole, part, value);
          return SnapshotPart.of(keyframe, part, value);
        }

        @Override
        public int size() {
          return keyframe.parts();
        }
      };
    }

    /** Entries that differ. */
    int deltaEntries() {
      return form instanceof VectorForm.Over over && over.delta() != null
          ? over.delta().count()
          : 0;
    }
  }

  /**
   * A writer that has written no keyframe yet.
   *
   * @param name of the vector
   * @param lastSlot where the last life wrote its keyframe, or -1 when none did
   */
  VectorWriter(String name, LargeModels settings, int lastSlot) {
    this.name = name;
    this.settings = settings;
    this.slot = lastSlot;
  }

  int slot() {
    return slot;
  }

  /** Whether some life wrote a keyframe, so that its slot is to be kept in mind. */
  boolean hasSlot() {
    return slot >= 0;
  }

  /**
   * How a vector is to be written; changes nothing.
   *
   * @throws NonFiniteException when an entry is not finite
   */
  Plan plan(long epoch, long version, double[] vector) {
    if (vector.length <= settings.inline()) {
      return new Plan(new VectorForm.Whole(vector), null);
    }
    Keyframe last = keyframe;
    double[] from = last != null && base.length == vector.length ? base : vector;
    int differ = 0;
    int filled = 0;
    long ends = 0;
    for (int i = 0; i < vector.length; i++) {
      long bits = Double.doubleToRawLongBits(vector[i]);
      differ += bits == Double.doubleToRawLongBits(from[i]) ? 0 : 1;
      filled += bits == 0 ? 0 : 1;
      ends |= ((bits & EXPONENT) + (1L << 52)) & Long.MIN_VALUE; // set by infinities and NaN
    }
    if (ends != 0) {
      throw notFinite(vector);
    }
    if (filled <= settings.inline() / SPARSE_SHARE
        && (long) filled * Delta.ENTRY <= settings.deltaBytes()) {
      return over(vector, null, null, filled);
    }
    long bytes = (long) differ * Delta.ENTRY;
    boolean due =
        last == null
            || from != base
            || snapshotsSince >= settings.keyframeEvery()
            || bytes > settings.deltaBytes()
            || bytesSince + bytes > (long) Double.BYTES * vector.length;
    return due
        ? new Plan(
            new VectorForm.Over(vector.length, keyframe(epoch, version, vector), null), vector)
        : over(vector, last, base, differ);
  }

  private static Plan over(
      double[] vector, @Nullable Keyframe keyframe, double @Nullable [] from, int differ) {
    Delta delta = differ == 0 ? null : Delta.of(vector, from, differ);
    return new Plan(new VectorForm.Over(vector.length, keyframe, delta), null);
  }

  private Keyframe keyframe(long epoch, long version, double[] vector) {
    MessageDigest sha = Sha256.digest();
    int parts = Keyframe.parts(vector.length);
    byte[] part = new byte[Double.BYTES * Keyframe.PART];
    for (int k = 0; k < parts; k++) {
      sha.update(part, 0, fill(vector, k, part));
    }
    int next = (slot + 1) % Keyframe.SLOTS;
    return new Keyframe(
        name, epoch, version, next, parts, vector.length, HexFormat.of().formatHex(sha.digest()));
  }

  /** Takes note of a plan that was carried out, in a snapshot of so many bytes. */
  void written(Plan plan, int snapshotBytes) {
    if (!(plan.form() instanceof VectorForm.Over over)) {
      return;
    }
    double[] vector = plan.vector();
    if (vector != null) {
      keyframe = over.keyframe();
      slot = keyframe == null ? slot : keyframe.slot();
      base = vector;
      bytesSince = 0;
      snapshotsSince = 0;
    } else if (over.keyframe() == null) {
      keyframe = null; // what few entries there are need none
      base = new double[0];
    }
    bytesSince += snapshotBytes;
    snapshotsSince++;
  }

  private NonFiniteException notFinite(double[] vector) {
    int i = 0;
    while (Double.isFinite(vector[i])) {
      i++;
    }
    return new NonFiniteException(name + "[" + i + "]", vector[i]);
  }

  /** The bytes of a part; returns how many. */
  private static int fill(double[] vector, int part, byte[] out) {
    int entries = Keyframe.entries(vector.length, part);
    ByteBuffer.wrap(out)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .put(vector, part * Keyframe.PART, entries);
    return Double.BYTES * entries;
  }
}
