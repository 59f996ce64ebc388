package io.thalweg.wire;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thalweg.stream.Event;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Header;
import io.thalweg.stream.Member;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as JSON: the public record. Keys in a fixed order and shortest round-trip decimals, so
 * the same snapshot has the same bytes everywhere, and reading gives every bit back.
 *
 * <pre>
 * {"schema": "thalweg.snapshot.v1", "job": "churn", "epoch": 3, "version": 482, "step": 48210,
 *  "time": "2026-11-22T10:00:00.123Z", "method": "vr-msgbio", "config": "9f2c...",
 *  "upper": {"l2.0": 0.013, ...}, "x": [-4.34, ...], "y": {"dtype": "&lt;f8", "shape": [4096], "data": "..."},
 *  "members": [{"name": "reference", "weight": 0.18, "y": [...]}, ...],
 *  "range": {"low": [-3.1, ...], "high": [4.2, ...]},
 *  "metrics": {"upper-loss": 0.31, ...},
 *  "events": [{"step": 48207, "kind": "drift", "reason": "...", "figures": {...}}, ...],
 *  "offsets": {"churn.train": {"0": 128}}, "ledger": {...},
 *  "event-time": "2026-11-22T09:59:59Z", "previous": "e3b0...", "software": "0.1.0"}
 * </pre>
 *
 * <p>{@code upper} is in the user's units, {@code x} and {@code y} are what the solver works on; up
 * to {@value #PLAIN_LIMIT} entries are plain numbers, more are little-endian base64. {@code
 * members} are the models that y is the weighted sum of, for methods that have some; where y is too
 * long for a record they have no vectors. {@code range} is left out where all features count as
 * they are, or where there are too many. {@code events} is what was noticed or done about the
 * method since the snapshot before, left out when nothing was. {@code offsets} is per topic and
 * partition the first record not fully taken in. {@code event-time} is left out when no sample
 * carried one. {@code previous} is the SHA-256 of the value of the snapshot before, empty for the
 * first.
 *
 * <p>A vector that is too long for a record ({@link LargeModels}) is zero, or a keyframe in records
 * of its own, with some entries put over it:
 *
 * <pre>
 * {"dtype": "&lt;f8", "shape": [4194304],
 *  "keyframe": {"epoch": 3, "version": 480, "slot": 0, "parts": 64, "sha256": "5d1c..."},
 *  "delta": {"index": base64 of little-endian int32, "data": base64 of as many doubles}}
 * </pre>
 */
public final class SnapshotCodec {
  /** What a value of this format says in {@code schema}, and {@code ce_type}. */
  public static final String SCHEMA = "thalweg.snapshot.v1";

  /** Vectors of at most so many entries are written as plain numbers. */
  public static final int PLAIN_LIMIT = 64;

  private static final String RESOURCE = "/schemas/snapshot-v1.json";
  private static final String DTYPE = "<f8";

  /** Entries that a sparse vector is believed to have. */
  private static final int LONGEST_SPARSE = 1 << 28;

  /** Base64 of a vector of 24 million entries. */
  private static final int LONGEST_TEXT = 256 << 20;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // any terminal, any reader
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxStringLength(LONGEST_TEXT)
                  .build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final int plainLimit;

  /** How vectors are written. */
  public enum Vectors {
    /** Plain numbers up to {@value SnapshotCodec#PLAIN_LIMIT} entries, base64 above. */
    COMPACT,
    /** Always plain numbers. */
    PLAIN
  }

  /**
   * A codec; it reads both ways of writing vectors.
   *
   * @param vectors how it writes them
   */
  public SnapshotCodec(Vectors vectors) {
    plainLimit = vectors == Vectors.PLAIN ? Integer.MAX_VALUE : PLAIN_LIMIT;
  }

  /**
   * What was read.
   *
   * @param snapshot the snapshot
   * @param previous hex SHA-256 of the snapshot before, empty for the first
   * @param sha hex SHA-256 of the bytes read
   * @param whole whether both vectors stood in it as they are, not over a keyframe or zero
   */
  public record Decoded(Snapshot snapshot, String previous, String sha, boolean whole) {}

  /**
   * A snapshot as a link of the chain, without its content.
   *
   * @param version monotone for ever
   * @param epoch grows at each start
   * @param config fingerprint of the configuration
   * @param previous hex SHA-256 of the snapshot before, empty for the first
   * @param sha hex SHA-256 of the bytes read
   * @param keyframes by vector, what must be read before it can be
   */
  public record Link(
      long version,
      long epoch,
      String config,
      String previous,
      String sha,
      List<Keyframe> keyframes) {}

  /**
   * The JSON Schema of what is written.
   *
   * @return JSON
   */
  public static String schema() {
    try (InputStream in = SnapshotCodec.class.getResourceAsStream(RESOURCE)) {
      return new String(Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8)
          .stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The value of a snapshot record.
   *
   * @param snapshot what to write
   * @param previous hex SHA-256 of the value of the snapshot before, empty for the first
   * @return ASCII JSON on one line, without a line end
   * @throws NonFiniteException when any number of it is not finite
   */
  public byte[] encode(Snapshot snapshot, String previous) {
    return encode(
        snapshot, previous, new VectorForm.Whole(snapshot.x()), new VectorForm.Whole(snapshot.y()));
  }

  /** The same with other ways of writing the vectors. */
  byte[] encode(Snapshot snapshot, String previous, VectorForm x, VectorForm y) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      write(json, snapshot, previous, x, y);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  private void write(JsonGenerator json, Snapshot s, String previous, VectorForm x, VectorForm y)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", SCHEMA);
    json.writeStringField("job", s.job());
    json.writeNumberField("epoch", s.epoch());
    json.writeNumberField("version", s.version());
    json.writeNumberField("step", s.step());
    json.writeStringField("time", Instant.ofEpochMilli(s.timeMillis()).toString());
    json.writeStringField("method", s.method());
    json.writeStringField("config", s.config());
    writeFigures(json, "upper", x instanceof VectorForm.Whole ? s.upper() : Map.of());
    writeVector(json, "x", x);
    writeVector(json, "y", y);
    writeMembers(json, s.members(), y instanceof VectorForm.Whole);
    writeRange(json, s.range());
    writeFigures(json, "metrics", s.metrics());
    EventCodec.write(json, s.events());
    writeOffsets(json, s.positions());
    json.writeFieldName("ledger");
    LedgerCodec.write(json, s.ledger(), s.positions());
    if (s.eventTimeMillis() != Long.MIN_VALUE) {
      json.writeStringField("event-time", Instant.ofEpochMilli(s.eventTimeMillis()).toString());
    }
    json.writeStringField("previous", previous);
    json.writeStringField("software", s.software());
    json.writeEndObject();
  }

  static void writeFigures(JsonGenerator json, String name, Map<String, Double> figures)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Double> figure : figures.entrySet()) {
      double value = figure.getValue();
      if (!Double.isFinite(value)) {
        throw new NonFiniteException(name + "." + figure.getKey(), value);
      }
      json.writeNumberField(figure.getKey(), value);
    }
    json.writeEndObject();
  }

  private void writeMembers(JsonGenerator json, List<Member> members, boolean whole)
      throws IOException {
    if (members.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("members");
    for (Member member : members) {
      String path = "members." + member.name();
      if (!Double.isFinite(member.weight())) {
        throw new NonFiniteException(path + ".weight", member.weight());
      }
      json.writeStartObject();
      json.writeStringField("name", member.name());
      json.writeNumberField("weight", member.weight());
      if (whole && member.y().length > 0) {
        json.writeFieldName("y");
        writeWhole(json, path + ".y", member.y());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeRange(JsonGenerator json, FeatureRange range) throws IOException {
    if (range.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("range");
    json.writeFieldName("low");
    writeWhole(json, "range.low", range.low());
    json.writeFieldName("high");
    writeWhole(json, "range.high", range.high());
    json.writeEndObject();
  }

  private void writeVector(JsonGenerator json, String name, VectorForm form) throws IOException {
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

  private void writeWhole(JsonGenerator json, String name, double[] vector) throws IOException {
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

  private static void writeOffsets(JsonGenerator json, Positions positions) throws IOException {
    Map<String, Map<Integer, Long>> byTopic = new TreeMap<>();
    for (int i = 0; i < positions.lanes().size(); i++) {
      byTopic
          .computeIfAbsent(positions.lanes().get(i).topic(), topic -> new TreeMap<>())
          .put(positions.lanes().get(i).partition(), positions.resumeOffset(i));
    }
    json.writeObjectFieldStart("offsets");
    for (Map.Entry<String, Map<Integer, Long>> topic : byTopic.entrySet()) {
      json.writeObjectFieldStart(topic.getKey());
      for (Map.Entry<Integer, Long> partition : topic.getValue().entrySet()) {
        json.writeNumberField(partition.getKey().toString(), partition.getValue());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /**
   * The headers of a snapshot record: what readers may want without parsing, and the CloudEvents
   * attributes of the binary mode.
   *
   * @param snapshot what the record holds
   * @param sha hex SHA-256 of its value
   * @return the headers in a fixed order
   */
  public static List<Header> headers(Snapshot snapshot, String sha) {
    return List.of(
        header("content-type", "application/json"),
        header("thalweg-version", Long.toString(snapshot.version())),
        header("thalweg-sha256", sha),
        header("ce_specversion", "1.0"),
        header("ce_type", SCHEMA),
        header("ce_id", snapshot.job() + "/" + snapshot.epoch() + "/" + snapshot.version()),
        header("ce_source", "/thalweg/" + snapshot.job()),
        header("ce_time", Instant.ofEpochMilli(snapshot.timeMillis()).toString()));
  }

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a value and checks it against the checksum its headers carry.
   *
   * @param value the record's value
   * @param headers the record's headers; without {@code thalweg-sha256} the value is only parsed
   * @return the snapshot with its links of the chain
   * @throws SnapshotFormatException when it is not a snapshot, or not the one it claims to be, or
   *     refers to a keyframe
   */
  public Decoded decode(byte[] value, List<Header> headers) {
    return decode(value, headers, new Keyframes());
  }

  /**
   * The same where vectors may refer to keyframes.
   *
   * @param value the record's value
   * @param headers the record's headers; without {@code thalweg-sha256} the value is only parsed
   * @param keyframes what was read before it
   * @return the snapshot with its links of the chain
   * @throws SnapshotFormatException when it is not a snapshot, or not the one it claims to be, or
   *     refers to a keyframe that is not there
   */
  public Decoded decode(byte[] value, List<Header> headers, Keyframes keyframes) {
    return decode(value, checked(value, headers), keyframes);
  }

  /**
   * Reads a value that has no headers, for example a line of a file.
   *
   * @param value UTF-8 JSON
   * @return the snapshot with its links of the chain
   * @throws SnapshotFormatException when it is not a snapshot
   */
  public Decoded decode(byte[] value) {
    return decode(value, Sha256.hex(value), new Keyframes());
  }

  /**
   * Reads a value as a link of the chain, whether or not its vectors can be read.
   *
   * @param value the record's value
   * @param headers the record's headers; without {@code thalweg-sha256} the value is only parsed
   * @return what it says of itself and of the one before
   * @throws SnapshotFormatException when it is not a snapshot, or not the one it claims to be
   */
  public Link link(byte[] value, List<Header> headers) {
    String sha = checked(value, headers);
    Json json = parsed(value);
    List<Keyframe> keyframes = new ArrayList<>();
    for (String name : List.of("x", "y")) {
      Json vector = json.get(name);
      if (vector.node().has("keyframe")) {
        keyframes.add(keyframe(vector.object("keyframe"), name, length(vector)));
      }
    }
    return new Link(
        json.get("version").whole(),
        json.get("epoch").whole(),
        json.get("config").text(),
        json.get("previous").text(),
        sha,
        keyframes);
  }

  /**
   * What a list of snapshots shows of one.
   *
   * @param version monotone for ever
   * @param epoch grows at each start
   * @param step t of the method
   * @param timeMillis when it was taken, milliseconds since 1970
   * @param eventTimeMillis latest event time taken in, {@link Long#MIN_VALUE} when none was given
   * @param metrics name to figure
   * @param upper hyperparameters by name, in the user's units
   * @param events what was noticed or done since the snapshot before
   * @param sha hex SHA-256 of the bytes read
   */
  public record Heading(
      long version,
      long epoch,
      long step,
      long timeMillis,
      long eventTimeMillis,
      Map<String, Double> metrics,
      Map<String, Double> upper,
      List<Event> events,
      String sha) {}

  /**
   * Reads what a list of snapshots shows, whether or not the vectors can be read.
   *
   * @param value the record's value
   * @param headers the record's headers; without {@code thalweg-sha256} the value is only parsed
   * @return what it says of itself
   * @throws SnapshotFormatException when it is not a snapshot, or not the one it claims to be
   */
  public Heading heading(byte[] value, List<Header> headers) {
    String sha = checked(value, headers);
    Json json = parsed(value);
    return new Heading(
        json.get("version").whole(),
        json.get("epoch").whole(),
        json.get("step").whole(),
        millis(json.get("time")),
        json.node().has("event-time") ? millis(json.get("event-time")) : Long.MIN_VALUE,
        figures(json.object("metrics")),
        figures(json.object("upper")),
        json.node().has("events") ? EventCodec.read(json.array("events")) : List.of(),
        sha);
  }

  private static String checked(byte[] value, List<Header> headers) {
    String sha = Sha256.hex(value);
    for (Header header : headers) {
      if (header.key().equals("thalweg-sha256")) {
        String claimed = new String(header.value(), StandardCharsets.UTF_8);
        if (!claimed.equals(sha)) {
          throw new SnapshotFormatException(
              "expected a value of SHA-256 " + claimed + ", found " + sha);
        }
      }
    }
    return sha;
  }

  private static Json parsed(byte[] value) {
    JsonNode node;
    try {
      node = MAPPER.readTree(value);
    } catch (JsonProcessingException e) {
      throw new SnapshotFormatException(
          "expected JSON: "
              + e.getOriginalMessage()
              + (e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory does not fail", e);
    }
    if (node == null || !node.isObject()) {
      throw new SnapshotFormatException("expected a JSON object, found " + brief(node));
    }
    Json json = new Json("", node);
    String schema = json.get("schema").text();
    if (!schema.equals(SCHEMA)) {
      throw new SnapshotFormatException("expected schema " + SCHEMA + ", found " + schema);
    }
    return json;
  }

  private static Decoded decode(byte[] value, String sha, Keyframes keyframes) {
    Json json = parsed(value);
    LedgerCodec.Decoded ledger = LedgerCodec.read(json.object("ledger"));
    double[] y = vector(json.get("y"), keyframes);
    Snapshot snapshot =
        new Snapshot(
            json.get("job").text(),
            json.get("epoch").whole(),
            json.get("version").whole(),
            json.get("step").whole(),
            millis(json.get("time")),
            json.get("method").text(),
            json.get("config").text(),
            figures(json.object("upper")),
            vector(json.get("x"), keyframes),
            y,
            json.node().has("members") ? members(json.array("members"), y.length) : List.of(),
            json.node().has("range") ? range(json.object("range")) : FeatureRange.NONE,
            figures(json.object("metrics")),
            ledger.to(),
            ledger.ledger(),
            json.node().has("event-time") ? millis(json.get("event-time")) : Long.MIN_VALUE,
            json.get("software").text(),
            json.node().has("events") ? EventCodec.read(json.array("events")) : List.of());
    boolean whole = isWhole(json.get("x")) && isWhole(json.get("y"));
    return new Decoded(snapshot, json.get("previous").text(), sha, whole);
  }

  private static String brief(@Nullable JsonNode node) {
    return node == null || node.isMissingNode() ? "nothing" : node.getNodeType().toString();
  }

  private static long millis(Json time) {
    try {
      return Instant.parse(time.text()).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw time.wrong("a time like 2026-11-22T10:00:00Z");
    }
  }

  private static Map<String, Double> figures(Json object) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Iterator<String> names = object.node().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      figures.put(name, object.get(name).finite());
    }
    return figures;
  }

  private static List<Member> members(Json array, int length) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      Json member = array.at(i);
      double[] y = {};
      if (member.node().has("y")) {
        Json vector = member.get("y");
        y = whole(vector);
        if (y.length != length) {
          throw new SnapshotFormatException(
              vector.path() + " must have length " + length + " as y has, but had " + y.length);
        }
      }
      members.add(new Member(member.get("name").text(), member.get("weight").finite(), y));
    }
    return members;
  }

  private static FeatureRange range(Json json) {
    double[] low = whole(json.get("low"));
    double[] high = whole(json.get("high"));
    if (low.length != high.length) {
      throw new SnapshotFormatException(
          json.path()
              + " must have as many low as high entries, but had "
              + low.length
              + " and "
              + high.length);
    }
    return new FeatureRange(low, high);
  }

  private static double[] whole(Json vector) {
    if (!isWhole(vector)) {
      throw vector.wrong("all its entries");
    }
    return vector(vector, new Keyframes());
  }

  private static double[] vector(Json json, Keyframes keyframes) {
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

  private static boolean isWhole(Json vector) {
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
