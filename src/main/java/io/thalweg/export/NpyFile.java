package io.thalweg.export;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One array in numpy's format 1.0: the magic {@code \x93NUMPY}, the version, the length of the
 * header in two bytes, the header (a Python literal, padded with blanks and a line end to a
 * multiple of 64 bytes), then the numbers, little-endian, the last index running fastest.
 */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;
  private static final int LENGTH = 2;

  private NpyFile() {}

  /**
   * An array of doubles.
   *
   * @param values its entries, the last index running fastest
   * @param shape its lengths; none for a single number
   * @return the file
   */
  public static byte[] doubles(double[] values, int... shape) {
    ByteBuffer file = begun("<f8", values.length, Double.BYTES, shape);
    file.asDoubleBuffer().put(values);
    return content(file);
  }

  /**
   * An array of whole numbers.
   *
   * @param values its entries, the last index running fastest
   * @param shape its lengths; none for a single number
   * @return the file
   */
  public static byte[] longs(long[] values, int... shape) {
    ByteBuffer file = begun("<i8", values.length, Long.BYTES, shape);
    file.asLongBuffer().put(values);
    return content(file);
  }

  /**
   * An array of texts, each in as many 32-bit characters as the longest.
   *
   * @param values its entries
   * @return the file
   */
  public static byte[] texts(String... values) {
    int width = 1;
    for (String value : values) {
      width = Math.max(width, value.codePointCount(0, value.length()));
    }
    ByteBuffer file = begun("<U" + width, values.length, Integer.BYTES * width, values.length);
    for (String value : values) {
      int[] characters = value.codePoints().toArray();
      for (int i = 0; i < width; i++) {
        file.putInt(i < characters.length ? characters[i] : 0);
      }
    }
    return content(file);
  }

  private static byte[] content(ByteBuffer file) {
    byte[] out = new byte[file.capacity()];
    file.rewind().get(out);
    return out;
  }

  private static ByteBuffer begun(String type, int entries, int each, int... shape) {
    long expected = 1;
    for (int length : shape) {
      expected = Math.multiplyExact(expected, length);
    }
    if (expected != entries) {
      throw new IllegalArgumentException("expected " + expected + " entries, found " + entries);
    }
    byte[] header = header(type, shape);
    ByteBuffer file =
        ByteBuffer.allocate(Math.addExact(header.length, Math.multiplyExact(entries, each)));
    return file.put(header).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] header(String type, int... shape) {
    String lengths =
        IntStream.of(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "))
            + (shape.length == 1 ? "," : "");
    String said = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + lengths + "), }";
    int before = MAGIC.length + LENGTH;
    int length = before + said.length() + 1;
    int padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteArrayOutputStream out = new ByteArrayOutputStream(padded);
    out.writeBytes(MAGIC);
    out.write((padded - before) & 0xff);
    out.write((padded - before) >> 8);
    out.writeBytes(said.getBytes(US_ASCII));
    out.writeBytes(" ".repeat(padded - length).getBytes(US_ASCII));
    out.write('\n');
    return out.toByteArray();
  }
}
