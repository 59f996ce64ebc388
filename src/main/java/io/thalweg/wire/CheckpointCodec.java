package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.StateArray;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  private static final int SMALLEST = 4 + 2 + 4 + 4 + 4;

  private CheckpointCodec() {}

  /**
   * The bytes of a checkpoint.
   *
   * @param checkpoint what to write
   * @return magic to checksum
   */
  public static byte[] encode(Checkpoint checkpoint) {
    byte[] payload = bytes(out -> writePayload(out, checkpoint));
    return sealed(
        bytes(
            out -> {
              out.writeInt(MAGIC);
              out.writeShort(VERSION);
              writeText(out, checkpoint.config());
              out.writeInt(payload.length);
              out.write(payload);
            }));
  }

  /** Appends the checksum. */
  static byte[] sealed(byte[] body) {
    return ByteBuffer.allocate(body.length + 4).put(body).putInt(crc(body, body.length)).array();
  }

  private static void writePayload(DataOutputStream out, Checkpoint c) throws IOException {
    out.writeLong(c.epoch());
    out.writeLong(c.version());
    writeText(out, c.previous());
    Positions p = c.positions();
    out.writeInt(p.lanes().size());
    for (int i = 0; i < p.lanes().size(); i++) {
      writeText(out, p.lanes().get(i).topic());
      out.writeInt(p.lanes().get(i).partition());
      writePosition(out, p.lower().get(i));
      writePosition(out, p.upper().get(i));
      writePosition(out, p.rejected().get(i));
    }
    Map<String, String> ids = new TreeMap<>(c.topicIds());
    out.writeInt(ids.size());
    for (Map.Entry<String, String> id : ids.entrySet()) {
      writeText(out, id.getKey());
      writeText(out, id.getValue());
    }
    writeArrays(out, c.solver());
    writeArrays(out, c.tally());
  }

  private static void writePosition(DataOutputStream out, Position position) throws IOException {
    out.writeLong(position.offset());
    out.writeInt(position.index());
  }

  private static void writeArrays(DataOutputStream out, List<StateArray> arrays)
      throws IOException {
    out.writeInt(arrays.size());
    for (StateArray array : arrays) {
      writeText(out, array.name());
      if (array instanceof StateArray.Doubles doubles) {
        out.writeByte('d');
        out.writeInt(doubles.values().length);
        ByteBuffer words = ByteBuffer.allocate(8 * doubles.values().length);
        for (double value : doubles.values()) {
          words.putLong(Double.doubleToRawLongBits(value));
        }
        out.write(words.array());
      } else if (array instanceof StateArray.Longs longs) {
        out.writeByte('l');
        out.writeInt(longs.values().length);
        for (long value : longs.values()) {
          out.writeLong(value);
        }
      }
    }
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /**
   * Reads a checkpoint.
   *
   * @param bytes magic to checksum
   * @return the checkpoint, bit for bit what was written
   * @throws CheckpointFormatException when it is damaged, no checkpoint, or of a newer program
   */
  public static Checkpoint decode(byte[] bytes) {
    if (bytes.length < SMALLEST) {
      throw new CheckpointFormatException(
          "a checkpoint has at least " + SMALLEST + " bytes, but had " + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new CheckpointFormatException(
          String.format("a checkpoint begins with 54485743 (THWC), but began with %08x", magic));
    }
    short version = in.getShort();
    if (version != VERSION) {
      throw new CheckpointFormatException(
          "this program reads checkpoints of format version "
              + VERSION
              + ", but found version "
              + version
              + (version > VERSION ? ": it was written by a newer program" : ""));
    }
    int expected = in.getInt(bytes.length - 4);
    int found = crc(bytes, bytes.length - 4);
    if (expected != found) {
      throw new CheckpointFormatException(
          String.format(
              "the checkpoint is damaged: expected CRC-32C %08x, found %08x over %d bytes",
              expected, found, bytes.length - 4));
    }
    in.limit(bytes.length - 4);
    try {
      return read(in);
    } catch (BufferUnderflowException e) {
      throw new CheckpointFormatException(
          "the checkpoint ends early: expected more than its " + bytes.length + " bytes");
    } catch (IllegalArgumentException e) {
      throw new CheckpointFormatException("the checkpoint does not agree: " + e.getMessage());
    }
  }

  /**
   * The epoch alone, without reading the state.
   *
   * @param bytes magic to checksum
   * @return the epoch, or -1 when {@link #decode} would refuse the frame
   */
  public static long epoch(byte[] bytes) {
    if (bytes.length < SMALLEST) {
      return -1;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC
        || in.getShort() != VERSION
        || in.getInt(bytes.length - 4) != crc(bytes, bytes.length - 4)) {
      return -1;
    }
    int config = in.getInt();
    // the config, the length of the payload, the epoch, the checksum
    return config < 0 || in.remaining() - 16 < config ? -1 : in.getLong(in.position() + config + 4);
  }

  private static Checkpoint read(ByteBuffer in) {
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
    if (in.hasRemaining()) {
      throw new CheckpointFormatException(
          "expected the end of the payload, found " + in.remaining() + " more bytes");
    }
    return new Checkpoint(config, epoch, version, previous, positions, topicIds, solver, tally);
  }

  private static Positions readPositions(ByteBuffer in) {
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

  private static Map<String, String> readTopicIds(ByteBuffer in) {
    int count = length(in, 8, "topic ids");
    Map<String, String> ids = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String topic = readText(in, "topic");
      ids.put(topic, readText(in, "topic id"));
    }
    return ids;
  }

  private static List<StateArray> readArrays(ByteBuffer in, String what) {
    int count = length(in, 4 + 1 + 4, what);
    List<StateArray> arrays = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = readText(in, what);
      byte kind = in.get();
      int words = length(in, 8, name);
      switch (kind) {
        case 'd' -> {
          double[] values = new double[words];
          for (int k = 0; k < words; k++) {
            values[k] = Double.longBitsToDouble(in.getLong());
          }
          arrays.add(new StateArray.Doubles(name, values));
        }
        case 'l' -> {
          long[] values = new long[words];
          in.asLongBuffer().get(values);
          in.position(in.position() + 8 * words);
          arrays.add(new StateArray.Longs(name, values));
        }
        default ->
            throw new CheckpointFormatException(
                "expected d or l as the kind of " + name + ", found byte " + kind);
      }
    }
    return arrays;
  }

  private static String readText(ByteBuffer in, String what) {
    byte[] utf8 = new byte[length(in, 1, what)];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** A count of things of at least {@code each} bytes, believed only when they can be there. */
  private static int length(ByteBuffer in, int each, String what) {
    int count = in.getInt();
    if (count < 0 || (long) count * each > in.remaining()) {
      throw new CheckpointFormatException(
          "expected " + count + " entries for " + what + ", found " + in.remaining() + " bytes");
    }
    return count;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }
}
