package io.thalweg.wire;

/**
 * A stable 64-bit hash of a sample's id: FNV-1a over the UTF-16 units of its text, low byte first,
 * then the finaliser of MurmurHash3 so that every bit depends on every other. A number is hashed as
 * it is written, so that 17 and "17" are one id in every format. Never change it: replays of old
 * records would see other samples in the upper level.
 */
final class IdHash {
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private IdHash() {}

  /** Of a text in a buffer. */
  static long of(char[] text, int from, int length) {
    long hash = BASIS;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ (text[i] & 0xff)) * PRIME;
      hash = (hash ^ (text[i] >>> 8)) * PRIME;
    }
    return mix(hash);
  }

  /** Of ASCII text in a buffer. */
  static long of(byte[] text, int from, int length) {
    long hash = BASIS;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ text[i]) * PRIME;
      hash *= PRIME;
    }
    return mix(hash);
  }

  /**
   * Of a whole number: that of its decimal digits, so that it equals that of the same id in JSON.
   *
   * @param digits room for 20 of them
   */
  static long of(long id, char[] digits) {
    if (id == Long.MIN_VALUE) {
      return of(Long.toString(id));
    }
    int at = digits.length;
    long rest = Math.abs(id);
    do {
      digits[--at] = (char) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (id < 0) {
      digits[--at] = '-';
    }
    return of(digits, at, digits.length - at);
  }

  /** Of a text. */
  static long of(CharSequence text) {
    long hash = BASIS;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ (text.charAt(i) & 0xff)) * PRIME;
      hash = (hash ^ (text.charAt(i) >>> 8)) * PRIME;
    }
    return mix(hash);
  }

  private static long mix(long hash) {
    long z = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
