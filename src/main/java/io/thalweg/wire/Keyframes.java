package io.thalweg.wire;

import io.thalweg.stream.Header;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keyframes a reader has come by: takes the parts in the order of the topic, and gives the
 * vector to a snapshot that refers to it. Keeps two keyframes per vector at most, and one once a
 * snapshot has referred to the newer one. Used by one thread.
 */
public final class Keyframes {
  private final Map<String, Slot[]> byVector = new HashMap<>();

  /** What was read of one keyframe, in order. */
  private static final class Slot {
    final long epoch;
    final long version;
    final double[][] parts;
    final MessageDigest digest = Sha256.digest();
    int read;
    @Nullable String found;

    Slot(long epoch, long version, int parts) {
      this.epoch = epoch;
      this.version = version;
      this.parts = new double[parts][];
    }

    String id() {
      return epoch + "/" + version;
    }

    boolean isBefore(Keyframe other) {
      return epoch < other.epoch() || (epoch == other.epoch() && version < other.version());
    }
  }

  /** No keyframe at hand. */
  public Keyframes() {}

  /** Forgets everything, before reading from another place. */
  public void clear() {
    byVector.clear();
  }

  /**
   * Takes the next part in. One that does not follow the parts before it begins its keyframe anew,
   * which is then complained of when a snapshot needs it.
   *
   * @param key what follows the job in its key
   * @param headers its headers
   * @param value little-endian doubles
   */
  public void take(String key, List<Header> headers, byte[] value) {
    String[] place = key.split("\\|", -1);
    Map<String, String> said = new HashMap<>();
    for (Header header : headers) {
      said.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    long epoch = number(said, SnapshotPart.EPOCH);
    long version = number(said, SnapshotPart.VERSION);
    long part = number(said, SnapshotPart.PART);
    long parts = number(said, SnapshotPart.PARTS);
    if (place.length != 4
        || !place[0].isEmpty()
        || !(place[2].equals("0") || place[2].equals("1"))
        || epoch < 0
        || version < 0
        || part < 0
        || part >= parts
        || parts > Integer.MAX_VALUE / Keyframe.PART + 1
        || value.length % Double.BYTES != 0) {
      return; // not ours: whoever needs it will say that it is missing
    }
    Slot[] slots = byVector.computeIfAbsent(place[1], name -> new Slot[Keyframe.SLOTS]);
    int at = place[2].charAt(0) - '0';
    Slot slot = slots[at];
    if (slot == null
        || slot.epoch != epoch
        || slot.version != version
        || slot.parts.length != parts
        || part < slot.read) {
      slot = new Slot(epoch, version, (int) parts);
      slots[at] = slot;
    }
    if (part != slot.read) {
      return;
    }
    double[] entries = new double[value.length / Double.BYTES];
    ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(entries);
    slot.digest.update(value);
    slot.parts[slot.read++] = entries;
    if (slot.read == slot.parts.length) {
      slot.found = HexFormat.of().formatHex(slot.digest.digest());
    }
  }

  private static long number(Map<String, String> said, String key) {
    try {
      return Long.parseLong(said.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * A copy of a keyframe.
   *
   * @throws SnapshotFormatException when it is not at hand whole, saying what is
   */
  double[] vector(Keyframe wanted) {
    Slot[] slots = byVector.getOrDefault(wanted.vector(), new Slot[Keyframe.SLOTS]);
    Slot slot = wanted.slot() < slots.length ? slots[wanted.slot()] : null;
    if (slot == null || slot.epoch != wanted.epoch() || slot.version != wanted.version()) {
      throw missing(wanted, slot == null ? "none" : "keyframe " + slot.id() + " in its place");
    }
    if (slot.read < wanted.parts() || slot.parts.length != wanted.parts()) {
      throw missing(
          wanted,
          "the first " + slot.read + (slot.read == slot.parts.length ? ", all there are" : ""));
    }
    if (!wanted.sha().equals(slot.found)) {
      throw new SnapshotFormatException(
          wanted.vector()
              + ": expected keyframe "
              + wanted.id()
              + " of SHA-256 "
              + wanted.sha()
              + ", found "
              + slot.found);
    }
    double[] vector = new double[wanted.length()];
    int at = 0;
    for (double[] part : slot.parts) {
      if (part.length > vector.length - at) {
        throw length(wanted, slot);
      }
      System.arraycopy(part, 0, vector, at, part.length);
      at += part.length;
    }
    if (at != vector.length) {
      throw length(wanted, slot);
    }
    for (int other = 0; other < slots.length; other++) {
      Slot old = slots[other];
      if (old != null && old.isBefore(wanted)) {
        slots[other] = null;
      }
    }
    return vector;
  }

  private static SnapshotFormatException length(Keyframe wanted, Slot slot) {
    long entries = 0;
    for (double[] part : slot.parts) {
      entries += part.length;
    }
    return new SnapshotFormatException(
        wanted.vector()
            + " must have "
            + wanted.length()
            + " entries, but keyframe "
            + wanted.id()
            + " had "
            + entries);
  }

  private static SnapshotFormatException missing(Keyframe wanted, String found) {
    return new SnapshotFormatException(
        wanted.vector()
            + ": expected the "
            + wanted.parts()
            + " parts of keyframe "
            + wanted.id()
            + " before the snapshot, found "
            + found
            + "; they were written with version "
            + wanted.version()
            + ": read from further back, or a later snapshot");
  }
}
