package io.thalweg.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The events of a snapshot as lines. A viewer takes whatever is there: a field it does not know is
 * shown as it is, and what is no list of events is none.
 */
final class EventNotes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FIELD = "\"events\"";

  private EventNotes() {}

  /** A line for each event of a snapshot record. */
  static List<String> of(byte[] snapshot) {
    List<String> notes = new ArrayList<>();
    // most snapshots have none, and are long
    if (!new String(snapshot, StandardCharsets.ISO_8859_1).contains(FIELD)) {
      return notes;
    }
    try {
      for (JsonNode event : JSON.readTree(snapshot).path("events")) {
        notes.add(note(event));
      }
    } catch (IOException noJson) {
      return notes;
    }
    return notes;
  }

  private static String note(JsonNode event) {
    if (!event.isObject()) {
      return event.asText();
    }
    StringBuilder line = new StringBuilder();
    if (event.has("step")) {
      line.append("step ").append(event.get("step").asText()).append("  ");
    }
    line.append(event.path("kind").asText(""));
    String reason = event.path("reason").asText(event.path("text").asText(""));
    if (!reason.isEmpty()) {
      line.append(": ").append(reason);
    }
    for (Map.Entry<String, JsonNode> other : event.properties()) {
      if (!List.of("step", "kind", "reason", "text", "figures").contains(other.getKey())) {
        line.append("  ").append(other.getKey()).append('=').append(other.getValue().asText());
      }
    }
    // a terminal would obey what a record may hold
    return line.toString().strip().replaceAll("\\p{Cntrl}", " ");
  }
}
