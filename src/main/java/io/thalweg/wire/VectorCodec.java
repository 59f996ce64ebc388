package io.thalweg.wire;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Vectors in JSON: plain numbers where they are few, else little-endian doubles in base64, or a
 * keyframe in records of its own with some entries put over it; {@link SnapshotCodec} shows all.
 */
final class VectorCodec {
  private static final String DTYPE = "<f8";

  /** Entries that a sparse vector is believed to have. */
  private static final int LONGEST_SPARSE = 1 << 28;

  private final int plainLimit;

  /**
   * Writes and reads; it reads all forms.
   *
   * @param plainLimit entries up to which plain numbers are written
   */
  VectorCodec(int plainLimit) {
    this.plainLimit = plainLimit;
  }

  /**
   * Writes a vector as a field.
   *
   * @throws NonFiniteException when an entry is not finite
   */
  void write(JsonGenerator json, String name, VectorForm form) throws IOException {
    json.writeFieldName(name);
    if (form instanceof VectorForm.Whole whole) {
      writeWhole(json, name, whole.vector());
    } else if (form instanceof VectorForm.Over over) {
      json.writeStartObject();
      writeShape(json, over.length());
      Keyframe keyframe = over.keyframe();
      if (keyframe != null) {
        json.writeObjectFieldStart("keyframe");
        json.writeNumberField("epoch", keyframe.epoch());
        json.writeNumberField("version", keyframe.version());
        json.writeNumberField("slot", keyframe.slot());
        json.writeNumberField("parts", keyframe.parts());
        json.writeStringField("sha256", keyframe.sha());
        json.writeEndObject();
      }
      VectorForm.Delta delta = over.delta();
      if (delta != null) {
        json.writeObjectFieldStart("delta");
        writeBytes(json, "index", delta.index());
        writeBytes(json, "data", delta.data());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
  }

  /**
   * Writes all entries of a vector as a value.
   *
   * @param name for the error
   * @throws NonFiniteException when an entry is not finite
   */
  void writeWhole(JsonGenerator json, String name, double[] vector) throws IOException {
    for (int i = 0; i < vector.length; i++) {
      if (!Double.isFinite(vector[i])) {
        throw new NonFiniteException(name + "[" + i + "]", vector[i]);
      }
    }
    if (vector.length <= plainLimit) {
      json.writeArray(vector, 0, vector.length);
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, vector.length));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(vector);
    json.writeStartObject();
    writeShape(json, vector.length);
    writeBytes(json, "data", bytes.array());
    json.writeEndObject();
  }

  private static void writeShape(JsonGenerator json, int length) throws IOException {
    json.writeStringField("dtype", DTYPE);
    json.writeArrayFieldStart("shape");
    json.writeNumber(length);
    json.writeEndArray();
  }

  private static void writeBytes(JsonGenerator json, String name, byte[] bytes) throws IOException {
    json.writeFieldName(name);
    json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
  }

  /** A vector that is not over a keyframe. */
  static double[] whole(Json vector) {
    if (!isWhole(vector)) {
      throw vector.wrong("all its entries");
    }
    return vector(vector, new Keyframes());
  }

  /**
   * A vector however it is written.
   *
   * @param json it
   * @param keyframes what was read before it
   * @throws SnapshotFormatException when it is none, or refers to a keyframe that is not there
   */
  static double[] vector(Json json, Keyframes keyframes) {
    if (json.node().isArray()) {
      double[] vector = new double[json.size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = json.at(i).finite();
      }
      return vector;
    }
    if (!json.node().isObject() || !json.get("dtype").text().equals(DTYPE)) {
      throw json.wrong("an array of numbers, or {\"dtype\":\"<f8\",\"shape\":[d],\"data\":base64}");
    }
    int length = length(json);
    double[] vector;
    if (json.node().has("data")) {
      ByteBuffer bytes = bytes(json, "data", Double.BYTES);
      if (bytes.remaining() != (long) length * Double.BYTES) {
        throw new SnapshotFormatException(
            json.path()
                + " must hold "
                + length
                + " doubles, but had "
                + bytes.remaining()
                + " bytes");
      }
      vector = new double[length];
      bytes.asDoubleBuffer().get(vector);
    } else if (json.node().has("keyframe")) {
      vector = keyframes.vector(keyframe(json.object("keyframe"), json.path(), length));
      putDelta(json, vector);
    } else {
      vector = zeros(json, length);
      putDelta(json, vector);
    }
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(vector[i])) {
        throw new SnapshotFormatException(
            json.path() + " must hold finite numbers, but entry " + i + " was " + vector[i]);
      }
    }
    return vector;
  }

  /** Whether all entries stand in it, not over a keyframe or zero. */
  static boolean isWhole(Json vector) {
    return vector.node().isArray() || vector.node().has("data");
  }

  private static int length(Json vector) {
    Json shape = vector.array("shape");
    if (shape.size() != 1) {
      throw shape.wrong("[d]");
    }
    return shape.at(0).count();
  }

  /** A length alone is not believed beyond what a solver could hold. */
  private static double[] zeros(Json json, int length) {
    if (length > LONGEST_SPARSE) {
      throw new SnapshotFormatException(
          json.path()
              + ".shape must be at most ["
              + LONGEST_SPARSE
              + "] without a keyframe, but was ["
              + length
              + "]");
    }
    return new double[length];
  }

  /** The keyframe that a vector refers to, null when it does to none. */
  static @Nullable Keyframe keyframe(Json vector, String name) {
    return vector.node().has("keyframe")
        ? keyframe(vector.object("keyframe"), name, length(vector))
        : null;
  }

  private static Keyframe keyframe(Json json, String vector, int length) {
    int slot = json.get("slot").count();
    int parts = json.get("parts").count();
    if (slot >= Keyframe.SLOTS || parts != Keyframe.parts(length)) {
      throw json.wrong(
          "of slot 0 or 1 and of " + Keyframe.parts(length) + " parts for " + length + " entries");
    }
    return new Keyframe(
        vector,
        json.get("epoch").whole(),
        json.get("version").whole(),
        slot,
        parts,
        length,
        json.get("sha256").text());
  }

  private static void putDelta(Json json, double[] vector) {
    if (!json.node().has("delta")) {
      return;
    }
    Json delta = json.object("delta");
    ByteBuffer index = bytes(delta, "index", Integer.BYTES);
    ByteBuffer data = bytes(delta, "data", Double.BYTES);
    if (2L * index.remaining() != data.remaining()) {
      throw new SnapshotFormatException(
          delta.path()
              + " must hold as many places as doubles, but had "
              + index.remaining() / Integer.BYTES
              + " and "
              + data.remaining() / Double.BYTES);
    }
    int before = -1;
    while (index.hasRemaining()) {
      int i = index.getInt();
      if (i <= before || i >= vector.length) {
        throw new SnapshotFormatException(
            delta.path()
                + ".index must grow and stay below "
                + vector.length
                + ", but "
                + i
                + " came after "
                + before);
      }
      vector[i] = data.getDouble();
      before = i;
    }
  }

  private static ByteBuffer bytes(Json json, String key, int each) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(json.get(key).text());
    } catch (IllegalArgumentException e) {
      throw json.get(key).wrong("base64");
    }
    if (bytes.length % each != 0) {
      throw new SnapshotFormatException(
          json.path()
              + "."
              + key
              + " must hold numbers of "
              + each
              + " bytes, but had "
              + bytes.length
              + " bytes");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
