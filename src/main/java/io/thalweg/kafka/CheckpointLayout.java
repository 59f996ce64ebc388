package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.stream.Checkpoint;
import io.thalweg.wire.CheckpointCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How checkpoints lie in their compacted topic. One of up to {@link #CHUNK} bytes is one record
 * under the key {@code job}. A longer one is cut into chunks under {@code job|slot|k} and a
 * manifest under {@code job} after them:
 *
 * <pre>
 * int magic "THWM" | short format version | long write | int slot | int chunks | int length | int CRC-32C
 * </pre>
 *
 * <p>Two slots are used in turn, so a write that breaks off never overwrites a chunk of the last
 * whole checkpoint. Each chunk begins with the number of its write, so a chunk of another write is
 * told apart. Chunks that are not used any more are deleted by tombstones.
 *
 * <p>The layout knows what is in the topic, so it serves one writer after a reader has filled it
 * in; used by one thread at a time.
 */
final class CheckpointLayout {
  /** Bytes in a record, well below the usual limit of 1 MiB with its headers. */
  static final int CHUNK = 512 * 1024;

  private static final int MAGIC = 0x5448574D;
  private static final short VERSION = 1;
  private static final int MANIFEST_BYTES = 4 + 2 + 8 + 4 + 4 + 4 + 4;
  private static final int SLOTS = 2;

  /** Bytes of the number of its write in front of a chunk. */
  static final int HEAD = 8;

  /**
   * One record to write.
   *
   * @param key its key
   * @param value its value, null for a tombstone
   */
  record Entry(String key, byte @Nullable [] value) {
    byte[] keyBytes() {
      return key.getBytes(UTF_8);
    }
  }

  /**
   * What a manifest says.
   *
   * @param write number of the write
   * @param slot which set of keys
   * @param chunks how many
   * @param length bytes of the whole
   * @param crc CRC-32C of the whole
   */
  record Manifest(long write, int slot, int chunks, int length, int crc) {
    static boolean is(byte[] value) {
      return value.length >= 4 && ByteBuffer.wrap(value).getInt() == MAGIC;
    }

    static Manifest read(byte[] value) {
      ByteBuffer in = ByteBuffer.wrap(value);
      in.getInt();
      short version = value.length < 6 ? 0 : in.getShort();
      if (version != VERSION || value.length != MANIFEST_BYTES) {
        throw new IllegalArgumentException(
            "this program reads checkpoint manifests of format version "
                + VERSION
                + " and "
                + MANIFEST_BYTES
                + " bytes, but found version "
                + version
                + " and "
                + value.length
                + " bytes");
      }
      return new Manifest(in.getLong(), in.getInt(), in.getInt(), in.getInt(), in.getInt());
    }

    byte[] bytes() {
      return ByteBuffer.allocate(MANIFEST_BYTES)
          .putInt(MAGIC)
          .putShort(VERSION)
          .putLong(write)
          .putInt(slot)
          .putInt(chunks)
          .putInt(length)
          .putInt(crc)
          .array();
    }
  }

  private final String job;
  private final int[] chunksInSlot = new int[SLOTS];
  private long lastWrite;
  private int lastSlot = SLOTS - 1;

  CheckpointLayout(String job) {
    this.job = job;
  }

  /** A checkpoint that is to be written, piece by piece. */
  interface Body {
    /** Bytes of the whole. */
    int length();

    /**
     * Makes the pieces in order.
     *
     * @param chunk bytes in a piece, the last one excepted
     * @param head bytes left free in front of each
     * @return CRC-32C of the whole
     */
    int write(int chunk, int head, Consumer<byte[]> out);
  }

  /** The body of a checkpoint that is encoded as it is written. */
  static Body body(Checkpoint checkpoint) {
    int length = CheckpointCodec.length(checkpoint);
    return new Body() {
      @Override
      public int length() {
        return length;
      }

      @Override
      public int write(int chunk, int head, Consumer<byte[]> out) {
        return CheckpointCodec.write(checkpoint, chunk, head, out);
      }
    };
  }

  /**
   * Makes the records that make a checkpoint the newest one.
   *
   * @param out takes each in the order to write them, before the next is made
   */
  void write(Body checkpoint, Consumer<Entry> out) {
    lastWrite++;
    if (checkpoint.length() <= CHUNK) {
      int unused = checkpoint.write(CHUNK, 0, bytes -> out.accept(new Entry(job, bytes)));
      for (int slot = 0; slot < SLOTS; slot++) {
        deleteFrom(slot, 0, out);
      }
      return;
    }
    lastSlot = (lastSlot + 1) % SLOTS;
    int slot = lastSlot;
    int[] chunks = {0};
    int crc =
        checkpoint.write(
            CHUNK,
            HEAD,
            bytes -> {
              ByteBuffer.wrap(bytes).putLong(lastWrite);
              out.accept(new Entry(chunkKey(slot, chunks[0]++), bytes));
            });
    Manifest manifest = new Manifest(lastWrite, slot, chunks[0], checkpoint.length(), crc);
    out.accept(new Entry(job, manifest.bytes()));
    deleteFrom(slot, chunks[0], out);
    chunksInSlot[slot] = chunks[0];
  }

  String chunkKey(int slot, int k) {
    return job + "|" + slot + "|" + k;
  }

  /** The slot and number of a chunk's key, or null when it is no chunk of this job. */
  int @Nullable [] chunkOf(String key) {
    if (!key.startsWith(job + "|")) {
      return null;
    }
    String[] parts = key.substring(job.length() + 1).split("\\|", -1);
    try {
      int slot = Integer.parseInt(parts[0]);
      return parts.length == 2 && slot >= 0 && slot < SLOTS
          ? new int[] {slot, Integer.parseInt(parts[1])}
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Forgets what it knew, before a reading. */
  void clear() {
    Arrays.fill(chunksInSlot, 0);
    lastWrite = 0;
    lastSlot = SLOTS - 1;
  }

  /** Notes a chunk that lies in the topic. */
  void sawChunk(int slot, int k, long write) {
    chunksInSlot[slot] = Math.max(chunksInSlot[slot], k + 1);
    lastWrite = Math.max(lastWrite, write);
  }

  /** Notes the newest whole checkpoint: the next one goes to the other slot. */
  void sawManifest(Manifest manifest) {
    lastSlot = manifest.slot();
    lastWrite = Math.max(lastWrite, manifest.write());
  }

  private void deleteFrom(int slot, int from, Consumer<Entry> out) {
    for (int k = from; k < chunksInSlot[slot]; k++) {
      out.accept(new Entry(chunkKey(slot, k), null));
    }
    chunksInSlot[slot] = Math.min(chunksInSlot[slot], from);
  }
}
