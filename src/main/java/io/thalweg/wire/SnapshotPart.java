package io.thalweg.wire;

import io.thalweg.stream.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One record of a keyframe, as it is to be written before the snapshot that refers to it.
 *
 * @param key what follows the job in its key: {@code |y|slot|part}
 * @param headers its headers
 * @param value little-endian doubles
 */
public record SnapshotPart(String key, List<Header> headers, byte[] value) {
  /** What its {@code content-type} says. */
  public static final String CONTENT_TYPE = "application/x-thalweg-part";

  static final String VECTOR = "thalweg-vector";
  static final String EPOCH = "thalweg-epoch";
  static final String VERSION = "thalweg-version";
  static final String PART = "thalweg-part";
  static final String PARTS = "thalweg-parts";
  static final String KEYFRAME_SHA = "thalweg-keyframe-sha256";

  static boolean says(List<Header> headers, String key, String value) {
    for (Header header : headers) {
      if (header.key().equals(key)) {
        return new String(header.value(), StandardCharsets.UTF_8).equals(value);
      }
    }
    return false;
  }

  static SnapshotPart of(Keyframe keyframe, int part, byte[] value) {
    return new SnapshotPart(
        key(keyframe.vector(), keyframe.slot(), part),
        List.of(
            header("content-type", CONTENT_TYPE),
            header(VECTOR, keyframe.vector()),
            header(EPOCH, Long.toString(keyframe.epoch())),
            header(VERSION, Long.toString(keyframe.version())),
            header(PART, Integer.toString(part)),
            header(PARTS, Integer.toString(keyframe.parts())),
            header(KEYFRAME_SHA, keyframe.sha())),
        value);
  }

  static String key(String vector, int slot, int part) {
    return "|" + vector + "|" + slot + "|" + part;
  }

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }
}
