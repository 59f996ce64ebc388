package io.thalweg.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Feature names to feature numbers and signs by MurmurHash3 (x86, 32 bits, seed 0, over UTF-8), as
 * scikit-learn's {@code FeatureHasher} does it: number |h| mod n, sign that of h, so that names
 * which fall together cancel out on average.
 */
final class FeatureHash {
  private byte[] bytes = new byte[64];

  /** The signed hash of a name. */
  int of(String name) {
    int end = put(name, 0); // before bytes is looked at: it may be another array then
    return hash(bytes, end);
  }

  /** The signed hash of {@code name=value}. */
  int of(String name, String value) {
    int end = put(value, put("=", put(name, 0)));
    return hash(bytes, end);
  }

  /** The signed hash of a name and a part of a text, both in UTF-8: {@code name=text}. */
  int of(byte[] name, byte[] text, int from, int to) {
    int length = name.length + 1 + to - from;
    if (bytes.length < length) {
      bytes = new byte[2 * length];
    }
    System.arraycopy(name, 0, bytes, 0, name.length);
    bytes[name.length] = '=';
    System.arraycopy(text, from, bytes, name.length + 1, to - from);
    return hash(bytes, length);
  }

  /** The feature number of a hash among n features. */
  static int index(int hash, int n) {
    // |-2^31| is no int; the reference takes the number of the hash n below 2^31
    return hash == Integer.MIN_VALUE ? (Integer.MAX_VALUE - (n - 1)) % n : Math.abs(hash) % n;
  }

  /** 1 or -1. */
  static double sign(int hash) {
    return hash >= 0 ? 1 : -1;
  }

  /** Appends a text as UTF-8; returns where it ends. */
  private int put(String text, int from) {
    if (bytes.length < from + text.length()) {
      bytes = Arrays.copyOf(bytes, 2 * (from + text.length()));
    }
    int at = from;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return putEncoded(text, from);
      }
      bytes[at++] = (byte) c;
    }
    return at;
  }

  private int putEncoded(String text, int from) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < from + encoded.length) {
      bytes = Arrays.copyOf(bytes, 2 * (from + encoded.length));
    }
    System.arraycopy(encoded, 0, bytes, from, encoded.length);
    return from + encoded.length;
  }

  private static int hash(byte[] data, int length) {
    int h = 0;
    int blocks = length & ~3;
    for (int i = 0; i < blocks; i += 4) {
      h ^= scramble((int) BinarySamples.INT.get(data, i));
      h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int i = length - 1; i >= blocks; i--) {
      tail = (tail << 8) | (data[i] & 0xff);
    }
    h ^= scramble(tail);
    h ^= length;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }

  private static int scramble(int k) {
    return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
