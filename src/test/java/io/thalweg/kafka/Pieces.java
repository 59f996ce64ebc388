package io.thalweg.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Checkpoints of arbitrary bytes, and pieces put together. */
final class Pieces {
  private Pieces() {}

  static CheckpointLayout.Body of(byte[] checkpoint) {
    return new CheckpointLayout.Body() {
      @Override
      public int length() {
        return checkpoint.length;
      }

      @Override
      public int write(int chunk, int head, Consumer<byte[]> out) {
        for (int at = 0; at < checkpoint.length; at += chunk) {
          int size = Math.min(chunk, checkpoint.length - at);
          byte[] piece = new byte[head + size];
          System.arraycopy(checkpoint, at, piece, head, size);
          out.accept(piece);
        }
        CRC32C crc = new CRC32C();
        crc.update(checkpoint);
        return (int) crc.getValue();
      }
    };
  }

  static byte[] joined(List<ByteBuffer> pieces) {
    ByteBuffer whole = ByteBuffer.allocate(pieces.stream().mapToInt(ByteBuffer::remaining).sum());
    pieces.forEach(piece -> whole.put(piece.duplicate()));
    return whole.array();
  }
}
