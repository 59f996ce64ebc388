package io.thalweg.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads big-endian words out of bytes that lie in pieces, without putting them together. */
final class ChunkReader {
  private final ByteBuffer[] pieces;
  private int at;
  private long remaining;
  private long length;

  /** A reader of its own views; the pieces stay as they are. */
  ChunkReader(List<ByteBuffer> pieces) {
    this.pieces = pieces.stream().map(ByteBuffer::slice).toArray(ByteBuffer[]::new);
    for (ByteBuffer piece : this.pieces) {
      remaining += piece.remaining();
    }
    length = remaining;
  }

  long remaining() {
    return remaining;
  }

  /** Bytes from the first, the last four not counted once {@link #seal()} has taken them off. */
  long length() {
    return length;
  }

  /** Takes the last four bytes off: the checksum of those before. */
  int seal() {
    int seal = 0;
    int last = pieces.length - 1;
    for (int shift = 0; shift < 32; shift += 8) {
      while (pieces[last].limit() == 0) {
        last--;
      }
      int end = pieces[last].limit() - 1;
      seal |= (pieces[last].get(end) & 0xff) << shift;
      pieces[last].limit(end);
    }
    remaining -= 4;
    length -= 4;
    return seal;
  }

  /** CRC-32C of all bytes, read or not. */
  int crc() {
    CRC32C crc = new CRC32C();
    for (ByteBuffer piece : pieces) {
      crc.update(piece.duplicate().rewind());
    }
    return (int) crc.getValue();
  }

  byte getByte() {
    if (remaining == 0) {
      throw new BufferUnderflowException();
    }
    remaining--;
    return here().get();
  }

  int getShort() {
    return (short) ((getByte() << 8) | (getByte() & 0xff));
  }

  int getInt() {
    return (getShort() << 16) | (getShort() & 0xffff);
  }

  long getLong() {
    return ((long) getInt() << 32) | (getInt() & 0xffffffffL);
  }

  void get(byte[] out) {
    need(out.length);
    int done = 0;
    while (done < out.length) {
      int fit = Math.min(here().remaining(), out.length - done);
      here().get(out, done, fit);
      done += fit;
    }
    remaining -= out.length;
  }

  void get(double[] out) {
    need((long) Double.BYTES * out.length);
    int done = 0;
    while (done < out.length) {
      int fit = Math.min(here().remaining() / Double.BYTES, out.length - done);
      if (fit == 0) { // a word across two pieces
        out[done++] = Double.longBitsToDouble(getLong());
        continue;
      }
      here().asDoubleBuffer().get(out, done, fit);
      moveOn(fit);
      done += fit;
    }
  }

  void get(long[] out) {
    need((long) Long.BYTES * out.length);
    int done = 0;
    while (done < out.length) {
      int fit = Math.min(here().remaining() / Long.BYTES, out.length - done);
      if (fit == 0) {
        out[done++] = getLong();
        continue;
      }
      here().asLongBuffer().get(out, done, fit);
      moveOn(fit);
      done += fit;
    }
  }

  void skip(int bytes) {
    need(bytes);
    int left = bytes;
    while (left > 0) {
      int fit = Math.min(here().remaining(), left);
      here().position(here().position() + fit);
      left -= fit;
    }
    remaining -= bytes;
  }

  private void moveOn(int words) {
    here().position(here().position() + Long.BYTES * words);
    remaining -= (long) Long.BYTES * words;
  }

  private void need(long bytes) {
    if (bytes > remaining) {
      throw new BufferUnderflowException();
    }
  }

  /** The piece with the next byte; there is one. */
  private ByteBuffer here() {
    while (!pieces[at].hasRemaining()) {
      at++;
    }
    return pieces[at];
  }
}
