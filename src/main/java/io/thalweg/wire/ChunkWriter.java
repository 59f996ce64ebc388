package io.thalweg.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Writes big-endian words into arrays of a fixed size, each handed on as soon as it is full, so
 * that what is written never lies in memory as a whole. The checksums are computed on the way.
 */
final class ChunkWriter {
  private final Consumer<byte[]> out;
  private final int head;
  private final int chunk;
  private final CRC32C crc = new CRC32C();
  private long left;
  private int counted;
  private byte[] piece;
  private ByteBuffer buffer;

  /**
   * A writer.
   *
   * @param length bytes that will be written
   * @param chunk bytes of what is written in each array but the last
   * @param head bytes left free before them
   * @param out takes each array, full
   */
  ChunkWriter(long length, int chunk, int head, Consumer<byte[]> out) {
    this.out = out;
    this.head = head;
    this.chunk = chunk;
    this.left = length;
    this.piece = next();
    this.buffer = within(piece);
  }

  private byte[] next() {
    int size = (int) Math.min(left, chunk);
    counted = head;
    left -= size;
    return new byte[head + size];
  }

  private ByteBuffer within(byte[] fresh) {
    return ByteBuffer.wrap(fresh).position(head);
  }

  private void passOn() {
    count();
    out.accept(piece);
    if (left > 0) {
      piece = next();
      buffer = within(piece);
    }
  }

  void putByte(int value) {
    buffer.put((byte) value);
    if (!buffer.hasRemaining()) {
      passOn();
    }
  }

  void putShort(int value) {
    putByte(value >> 8);
    putByte(value);
  }

  void putInt(int value) {
    putShort(value >> 16);
    putShort(value);
  }

  void putLong(long value) {
    putInt((int) (value >> 32));
    putInt((int) value);
  }

  void putText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    putInt(utf8.length);
    for (byte b : utf8) {
      putByte(b);
    }
  }

  /** Raw bits. */
  void putDoubles(double[] values) {
    int at = 0;
    while (at < values.length) {
      int fit = Math.min(buffer.remaining() / Double.BYTES, values.length - at);
      if (fit == 0) { // a word across two arrays
        putLong(Double.doubleToRawLongBits(values[at++]));
        continue;
      }
      buffer.asDoubleBuffer().put(values, at, fit);
      moveOn(fit);
      at += fit;
    }
  }

  void putLongs(long[] values) {
    int at = 0;
    while (at < values.length) {
      int fit = Math.min(buffer.remaining() / Long.BYTES, values.length - at);
      if (fit == 0) {
        putLong(values[at++]);
        continue;
      }
      buffer.asLongBuffer().put(values, at, fit);
      moveOn(fit);
      at += fit;
    }
  }

  private void moveOn(int words) {
    buffer.position(buffer.position() + Long.BYTES * words);
    if (!buffer.hasRemaining()) {
      passOn();
    }
  }

  /** CRC-32C of everything written so far. */
  int crc() {
    count();
    return (int) crc.getValue();
  }

  private void count() {
    crc.update(piece, counted, buffer.position() - counted);
    counted = buffer.position();
  }
}
