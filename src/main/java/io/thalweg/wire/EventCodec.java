package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thalweg.stream.Event;
import io.thalweg.stream.Header;
import io.thalweg.stream.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events as JSON: within the snapshot that covers their step, and as records of their own on the
 * control topic:
 *
 * <pre>
 * {"schema": "thalweg.event.v1", "job": "churn", "epoch": 3, "version": 482, "step": 48210, "kind": "drift",
 *  "reason": "the prequential loss has risen from 0.21 to 0.35", "figures": {"loss-before": 0.21, "loss-after": 0.35}}
 * </pre>
 *
 * <p>{@code version} is that of the snapshot that holds the event too.
 */
public final class EventCodec {
  /** What a value of this format says in {@code schema}, and {@code ce_type}. */
  public static final String SCHEMA = "thalweg.event.v1";

  /** The header that tells an event from a command; its value is the kind. */
  public static final String HEADER = "thalweg-event";

  private static final JsonMapper MAPPER = JsonMapper.builder(WireJson.FACTORY).build();

  private EventCodec() {}

  /**
   * The value of a record on the control topic.
   *
   * @param snapshot the one that covers the event
   * @param event one of its events
   * @return ASCII JSON on one line, without a line end
   * @throws NonFiniteException when a figure is not finite
   */
  public static byte[] encode(Snapshot snapshot, Event event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = WireJson.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeStringField("job", snapshot.job());
      json.writeNumberField("epoch", snapshot.epoch());
      json.writeNumberField("version", snapshot.version());
      writeFields(json, event);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  /**
   * The headers of such a record.
   *
   * @param snapshot the one that covers the event
   * @param event one of its events
   * @param number its place among them, from 0
   * @return in a fixed order
   */
  public static List<Header> headers(Snapshot snapshot, Event event, int number) {
    return List.of(
        header("content-type", "application/json"),
        header(HEADER, event.kind()),
        header("thalweg-version", Long.toString(snapshot.version())),
        header("ce_specversion", "1.0"),
        header("ce_type", SCHEMA),
        header(
            "ce_id",
            snapshot.job() + "/" + snapshot.epoch() + "/" + snapshot.version() + "/" + number),
        header("ce_source", "/thalweg/" + snapshot.job()));
  }

  /**
   * Whether an event answers a command, whose offset it has among its figures.
   *
   * @param event of a record or of a snapshot
   * @return true for both kinds of answers
   */
  public static boolean isAnswer(Event event) {
    return isApplied(event) || event.kind().equals(Event.COMMAND_REJECTED);
  }

  /**
   * Whether an event says that a command was obeyed.
   *
   * @param event of a record or of a snapshot
   * @return false for any other
   */
  public static boolean isApplied(Event event) {
    return event.kind().equals(Event.COMMAND_APPLIED);
  }

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  static void write(JsonGenerator json, List<Event> events) throws IOException {
    if (events.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("events");
    for (Event event : events) {
      json.writeStartObject();
      writeFields(json, event);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeFields(JsonGenerator json, Event event) throws IOException {
    json.writeNumberField("step", event.step());
    json.writeStringField("kind", event.kind());
    json.writeStringField("reason", event.reason());
    WireJson.writeFigures(json, "figures", event.figures());
  }

  static List<Event> read(Json array) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      events.add(event(array.at(i)));
    }
    return List.copyOf(events);
  }

  private static Event event(Json event) {
    Json object = event.object("figures");
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Iterator<String> names = object.node().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      figures.put(name, object.get(name).finite());
    }
    return new Event(
        event.get("step").whole(), event.get("kind").text(), event.get("reason").text(), figures);
  }

  /**
   * An event with the snapshot that covers it.
   *
   * @param job whose
   * @param version of the snapshot
   * @param event what was noticed or done
   */
  public record Decoded(String job, long version, Event event) {}

  /**
   * Reads the value of a record on the control topic that has the {@link #HEADER}.
   *
   * @param value as {@link #encode} wrote it
   * @return the event
   * @throws SnapshotFormatException when it is none
   */
  public static Decoded decode(byte[] value) {
    JsonNode node;
    try {
      node = MAPPER.readTree(value);
    } catch (IOException e) {
      throw new SnapshotFormatException("not the JSON of an event: " + e.getMessage(), e);
    }
    Json json = new Json("", node);
    return new Decoded(json.get("job").text(), json.get("version").whole(), event(json));
  }
}
