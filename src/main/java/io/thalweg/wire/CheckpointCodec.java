package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.StateArray;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Checkpoints as bytes: private to the solver, whole or refused. Big-endian:
 *
 * <pre>
 * int magic "THWC" | short format version | text config fingerprint | int payload length | payload | int CRC-32C
 * </pre>
 *
 * <p>The checksum covers everything before it, so any single flipped bit is noticed. Doubles are
 * raw IEEE bits: what is read back is bit for bit what was written. A text is an int length and
 * UTF-8 bytes. The payload of version 1: long epoch, long version, text previous, lanes (int count;
 * text topic, int partition, and long offset, int index of the next lower, upper and unjudged
 * sample), topic ids (int count; text topic, text id, sorted by topic), solver state, tally (each
 * int count; text name, byte 'd' or 'l', int length, words of 8 bytes). Lengths are compared with
 * the bytes that remain before anything is allocated.
 */
public final class CheckpointCodec {
  /** First four bytes: "THWC". */
  static final int MAGIC = 0x54485743;

  /** The format this program writes; it reads this and all earlier ones. */
  static final short VERSION = 1;

  /** Magic, format version, length of the payload, checksum. */
  private static final int FRAME = 4 + 2 + 4 + 4;

  private static final int SMALLEST = FRAME + 4;

  private CheckpointCodec() {}

  /**
   * The bytes of a checkpoint.
   *
   * @param checkpoint what to write
   * @return magic to checksum
   */
  public static byte[] encode(Checkpoint checkpoint) {
    byte[][] whole = new byte[1][];
    write(checkpoint, Integer.MAX_VALUE, 0, bytes -> whole[0] = bytes);
    return Objects.requireNonNull(whole[0]);
  }

  /**
   * How many bytes a checkpoint has.
   *
   * @param checkpoint what is to be written
   * @return from magic to checksum
   * @throws CheckpointFormatException when it has more than the format can say
   */
  public static int length(Checkpoint checkpoint) {
    long bytes = FRAME + text(checkpoint.config()) + payload(checkpoint);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new CheckpointFormatException(
          "a checkpoint has at most "
              + (Integer.MAX_VALUE - 8)
              + " bytes, but this one had "
              + bytes);
    }
    return (int) bytes;
  }

  /**
   * Writes a checkpoint piece by piece, so that it never lies in memory as a whole.
   *
   * @param checkpoint what to write
   * @param chunk bytes in a piece, the last one excepted
   * @param head bytes left free in front of each
   * @param out takes each piece in order, its own from then on
   * @return CRC-32C of all of it, the checksum at its end included
   */
  public static int write(Checkpoint checkpoint, int chunk, int head, Consumer<byte[]> out) {
    ChunkWriter writer = new ChunkWriter(length(checkpoint), chunk, head, out);
    writer.putInt(MAGIC);
    writer.putShort(VERSION);
    writer.putText(checkpoint.config());
    writer.putInt((int) payload(checkpoint));
    writePayload(writer, checkpoint);
    writer.putInt(writer.crc());
    return writer.crc();
  }

  /** Appends the checksum. */
  static byte[] sealed(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body, 0, body.length);
    return ByteBuffer.allocate(body.length + 4).put(body).putInt((int) crc.getValue()).array();
  }

  private static long payload(Checkpoint c) {
    long bytes = 8L + 8 + text(c.previous()) + 4;
    for (Lane lane : c.positions().lanes()) {
      bytes += text(lane.topic()) + 4L + 3 * 12;
    }
    bytes += 4;
    for (Map.Entry<String, String> id : c.topicIds().entrySet()) {
      bytes += (long) text(id.getKey()) + text(id.getValue());
    }
    return bytes + arrays(c.solver()) + arrays(c.tally());
  }

  private static long arrays(List<StateArray> arrays) {
    long bytes = 4;
    for (StateArray array : arrays) {
      bytes += text(array.name()) + 1L + 4 + 8L * words(array);
    }
    return bytes;
  }

  private static int words(StateArray array) {
    return array instanceof StateArray.Doubles doubles
        ? doubles.values().length
        : ((StateArray.Longs) array).values().length;
  }

  private static int text(String text) {
    return 4 + text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void writePayload(ChunkWriter out, Checkpoint c) {
    out.putLong(c.epoch());
    out.putLong(c.version());
    out.putText(c.previous());
    Positions p = c.positions();
    out.putInt(p.lanes().size());
    for (int i = 0; i < p.lanes().size(); i++) {
      out.putText(p.lanes().get(i).topic());
      out.putInt(p.lanes().get(i).partition());
      writePosition(out, p.lower().get(i));
      writePosition(out, p.upper().get(i));
      writePosition(out, p.rejected().get(i));
    }
    Map<String, String> ids = new TreeMap<>(c.topicIds());
    out.putInt(ids.size());
    for (Map.Entry<String, String> id : ids.entrySet()) {
      out.putText(id.getKey());
      out.putText(id.getValue());
    }
    writeArrays(out, c.solver());
    writeArrays(out, c.tally());
  }

  private static void writePosition(ChunkWriter out, Position position) {
    out.putLong(position.offset());
    out.putInt(position.index());
  }

  private static void writeArrays(ChunkWriter out, List<StateArray> arrays) {
    out.putInt(arrays.size());
    for (StateArray array : arrays) {
      out.putText(array.name());
      out.putByte(array instanceof StateArray.Doubles ? 'd' : 'l');
      out.putInt(words(array));
      if (array instanceof StateArray.Doubles doubles) {
        out.putDoubles(doubles.values());
      } else if (array instanceof StateArray.Longs longs) {
        out.putLongs(longs.values());
      }
    }
  }

  /**
   * Reads a checkpoint.
   *
   * @param bytes magic to checksum
   * @return the checkpoint, bit for bit what was written
   * @throws CheckpointFormatException when it is damaged, no checkpoint, or of a newer program
   */
  public static Checkpoint decode(byte[] bytes) {
    return decode(List.of(ByteBuffer.wrap(bytes)));
  }

  /**
   * Reads a checkpoint that lies in pieces.
   *
   * @param pieces in order; magic to checksum together
   * @return the checkpoint, bit for bit what was written
   * @throws CheckpointFormatException when it is damaged, no checkpoint, or of a newer program
   */
  public static Checkpoint decode(List<ByteBuffer> pieces) {
    ChunkReader in = new ChunkReader(pieces);
    if (in.remaining() < SMALLEST) {
      throw new CheckpointFormatException(
          "a checkpoint has at least " + SMALLEST + " bytes, but had " + in.remaining());
    }
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new CheckpointFormatException(
          String.format("a checkpoint begins with 54485743 (THWC), but began with %08x", magic));
    }
    int version = in.getShort();
    if (version != VERSION) {
      throw new CheckpointFormatException(
          "this program reads checkpoints of format version "
              + VERSION
              + ", but found version "
              + version
              + (version > VERSION ? ": it was written by a newer program" : ""));
    }
    int expected = in.seal();
    int found = in.crc();
    if (expected != found) {
      throw new CheckpointFormatException(
          String.format(
              "the checkpoint is damaged: expected CRC-32C %08x, found %08x over %d bytes",
              expected, found, in.length()));
    }
    try {
      return read(in);
    } catch (BufferUnderflowException e) {
      throw new CheckpointFormatException(
          "the checkpoint ends early: expected more than its " + (in.length() + 4) + " bytes");
    } catch (IllegalArgumentException e) {
      throw new CheckpointFormatException("the checkpoint does not agree: " + e.getMessage());
    }
  }

  /**
   * The epoch alone, without reading the state.
   *
   * @param pieces in order; magic to checksum together
   * @return the epoch, or -1 when {@link #decode(List)} would refuse the frame
   */
  public static long epoch(List<ByteBuffer> pieces) {
    ChunkReader in = new ChunkReader(pieces);
    if (in.remaining() < SMALLEST
        || in.getInt() != MAGIC
        || in.getShort() != VERSION
        || in.seal() != in.crc()) {
      return -1;
    }
    int config = in.getInt();
    if (config < 0 || in.remaining() - 12 < config) { // the length of the payload, the epoch
      return -1;
    }
    in.skip(config + 4);
    return in.getLong();
  }

  private static Checkpoint read(ChunkReader in) {
    String config = readText(in, "config");
    int length = in.getInt();
    if (length != in.remaining()) {
      throw new CheckpointFormatException(
          "expected a payload of " + length + " bytes, found " + in.remaining());
    }
    long epoch = in.getLong();
    long version = in.getLong();
    String previous = readText(in, "previous");
    Positions positions = readPositions(in);
    Map<String, String> topicIds = readTopicIds(in);
    List<StateArray> solver = readArrays(in, "solver");
    List<StateArray> tally = readArrays(in, "tally");
    if (in.remaining() > 0) {
      throw new CheckpointFormatException(
          "expected the end of the payload, found " + in.remaining() + " more bytes");
    }
    return new Checkpoint(config, epoch, version, previous, positions, topicIds, solver, tally);
  }

  private static Positions readPositions(ChunkReader in) {
    int count = length(in, 4 + 4 + 3 * 12, "lanes");
    List<Lane> lanes = new ArrayList<>(count);
    List<Position> lower = new ArrayList<>(count);
    List<Position> upper = new ArrayList<>(count);
    List<Position> rejected = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane(readText(in, "topic"), in.getInt()));
      lower.add(new Position(in.getLong(), in.getInt()));
      upper.add(new Position(in.getLong(), in.getInt()));
      rejected.add(new Position(in.getLong(), in.getInt()));
    }
    return new Positions(lanes, lower, upper, rejected);
  }

  private static Map<String, String> readTopicIds(ChunkReader in) {
    int count = length(in, 8, "topic ids");
    Map<String, String> ids = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String topic = readText(in, "topic");
      ids.put(topic, readText(in, "topic id"));
    }
    return ids;
  }

  private static List<StateArray> readArrays(ChunkReader in, String what) {
    int count = length(in, 4 + 1 + 4, what);
    List<StateArray> arrays = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = readText(in, what);
      byte kind = in.getByte();
      int words = length(in, 8, name);
      switch (kind) {
        case 'd' -> {
          double[] values = new double[words];
          in.get(values);
          arrays.add(new StateArray.Doubles(name, values));
        }
        case 'l' -> {
          long[] values = new long[words];
          in.get(values);
          arrays.add(new StateArray.Longs(name, values));
        }
        default ->
            throw new CheckpointFormatException(
                "expected d or l as the kind of " + name + ", found byte " + kind);
      }
    }
    return arrays;
  }

  private static String readText(ChunkReader in, String what) {
    byte[] utf8 = new byte[length(in, 1, what)];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** A count of things of at least {@code each} bytes, believed only when they can be there. */
  private static int length(ChunkReader in, int each, String what) {
    int count = in.getInt();
    if (count < 0 || (long) count * each > in.remaining()) {
      throw new CheckpointFormatException(
          "expected " + count + " entries for " + what + ", found " + in.remaining() + " bytes");
    }
    return count;
  }
}
