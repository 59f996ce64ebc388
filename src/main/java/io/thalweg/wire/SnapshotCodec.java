package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
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
  private static final JsonMapper MAPPER =
      JsonMapper.builder(WireJson.FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final VectorCodec vectors;

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
    this.vectors = new VectorCodec(vectors == Vectors.PLAIN ? Integer.MAX_VALUE : PLAIN_LIMIT);
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
    try (JsonGenerator json = WireJson.FACTORY.createGenerator(out)) {
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
    WireJson.writeFigures(json, "upper", x instanceof VectorForm.Whole ? s.upper() : Map.of());
    vectors.write(json, "x", x);
    vectors.write(json, "y", y);
    writeMembers(json, s.members(), y instanceof VectorForm.Whole);
    writeRange(json, s.range());
    WireJson.writeFigures(json, "metrics", s.metrics());
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
        vectors.writeWhole(json, path + ".y", member.y());
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
    vectors.writeWhole(json, "range.low", range.low());
    json.writeFieldName("high");
    vectors.writeWhole(json, "range.high", range.high());
    json.writeEndObject();
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
      Keyframe keyframe = VectorCodec.keyframe(json.get(name), name);
      if (keyframe != null) {
        keyframes.add(keyframe);
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
    double[] y = VectorCodec.vector(json.get("y"), keyframes);
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
            VectorCodec.vector(json.get("x"), keyframes),
            y,
            json.node().has("members") ? members(json.array("members"), y.length) : List.of(),
            json.node().has("range") ? range(json.object("range")) : FeatureRange.NONE,
            figures(json.object("metrics")),
            ledger.to(),
            ledger.ledger(),
            json.node().has("event-time") ? millis(json.get("event-time")) : Long.MIN_VALUE,
            json.get("software").text(),
            json.node().has("events") ? EventCodec.read(json.array("events")) : List.of());
    boolean whole = VectorCodec.isWhole(json.get("x")) && VectorCodec.isWhole(json.get("y"));
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
        y = VectorCodec.whole(vector);
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
    double[] low = VectorCodec.whole(json.get("low"));
    double[] high = VectorCodec.whole(json.get("high"));
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
}
