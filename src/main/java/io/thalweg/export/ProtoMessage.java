package io.thalweg.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * One message in the wire format of protocol buffers: fields of two kinds, whole numbers in groups
 * of seven bits and length-prefixed bytes, which is all that a model file needs.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int BYTES = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A field that holds a whole number. */
  ProtoMessage number(int field, long value) {
    varint((long) field << 3 | VARINT);
    varint(value);
    return this;
  }

  /** A field that holds bytes. */
  ProtoMessage bytes(int field, byte[] value) {
    varint((long) field << 3 | BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  /** A field that holds a text. */
  ProtoMessage text(int field, String value) {
    return bytes(field, value.getBytes(UTF_8));
  }

  /** A field that holds a message. */
  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.out.toByteArray());
  }

  /** A field that holds several whole numbers, packed. */
  ProtoMessage numbers(int field, long... values) {
    ProtoMessage packed = new ProtoMessage();
    for (long value : values) {
      packed.varint(value);
    }
    return message(field, packed);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
