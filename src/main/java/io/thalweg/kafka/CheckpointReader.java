package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.kafka.CheckpointLayout.Manifest;
import io.thalweg.wire.CheckpointCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Puts the newest whole checkpoint together from records in log order: the last one of the highest
 * epoch. One of an earlier epoch behind it was written by an instance that had lost its lead
 * without noticing; only without transactions can that happen.
 */
final class CheckpointReader {
  private final String job;
  private final CheckpointLayout layout;
  private final Map<String, byte[]> chunks = new HashMap<>();
  private @Nullable List<ByteBuffer> newest;
  private long newestOffset = -1;
  private long newestEpoch = -1;
  private @Nullable String complaint;

  CheckpointReader(String job, CheckpointLayout layout) {
    this.job = job;
    this.layout = layout;
    layout.clear();
  }

  void take(long offset, byte @Nullable [] keyBytes, byte @Nullable [] value) {
    if (keyBytes == null) {
      return;
    }
    String key = new String(keyBytes, UTF_8);
    if (!key.equals(job)) {
      takeChunk(key, value);
    } else if (value == null) {
      newest = null;
      newestEpoch = -1;
    } else if (Manifest.is(value)) {
      takeManifest(offset, value);
    } else {
      use(offset, List.of(ByteBuffer.wrap(value)));
    }
  }

  /** Whether this is the newest now; one that cannot be read is, so that it is complained of. */
  private boolean use(long offset, List<ByteBuffer> checkpoint) {
    long epoch = CheckpointCodec.epoch(checkpoint);
    if (epoch >= 0 && epoch < newestEpoch) {
      complaint =
          "the checkpoint at offset "
              + offset
              + " is of epoch "
              + epoch
              + " and comes after one of epoch "
              + newestEpoch
              + ": an instance that did not lead any more has written it";
      return false;
    }
    newest = checkpoint;
    newestOffset = offset;
    newestEpoch = Math.max(epoch, newestEpoch);
    complaint = null;
    return true;
  }

  /** The newest whole checkpoint in pieces, or null when there is none. */
  @Nullable List<ByteBuffer> newest() {
    return newest;
  }

  /** Offset of the record that completed it. */
  long newestOffset() {
    return newestOffset;
  }

  /** What was wrong with the last manifest that could not be used, or null. */
  @Nullable String complaint() {
    return complaint;
  }

  private void takeChunk(String key, byte @Nullable [] value) {
    int[] at = layout.chunkOf(key);
    if (at == null) {
      return;
    }
    if (value == null || value.length < 8) {
      chunks.remove(key);
    } else {
      chunks.put(key, value);
      layout.sawChunk(at[0], at[1], ByteBuffer.wrap(value).getLong());
    }
  }

  private void takeManifest(long offset, byte[] value) {
    try {
      Manifest manifest = Manifest.read(value);
      if (use(offset, assemble(manifest))) {
        layout.sawManifest(manifest);
      }
    } catch (IllegalArgumentException e) {
      complaint = "the manifest at offset " + offset + ": " + e.getMessage();
    }
  }

  /** The chunks as they lie in memory: a large state is not copied to be looked at. */
  private List<ByteBuffer> assemble(Manifest manifest) {
    List<ByteBuffer> pieces = new ArrayList<>();
    CRC32C crc = new CRC32C();
    long length = 0;
    for (int k = 0; k < manifest.chunks(); k++) {
      byte[] chunk = chunks.get(layout.chunkKey(manifest.slot(), k));
      if (chunk == null || ByteBuffer.wrap(chunk).getLong() != manifest.write()) {
        throw new IllegalArgumentException(
            "chunk " + k + " of " + manifest.chunks() + " is missing or of another write");
      }
      ByteBuffer piece =
          ByteBuffer.wrap(chunk, CheckpointLayout.HEAD, chunk.length - CheckpointLayout.HEAD);
      crc.update(piece.duplicate());
      length += piece.remaining();
      pieces.add(piece);
    }
    if (length != manifest.length() || (int) crc.getValue() != manifest.crc()) {
      throw new IllegalArgumentException(
          "expected "
              + manifest.length()
              + " bytes with CRC-32C "
              + Integer.toHexString(manifest.crc())
              + ", found "
              + length
              + " with "
              + Integer.toHexString((int) crc.getValue()));
    }
    return pieces;
  }
}
