package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A listener on a socket of its own, which reads only when it is told to. */
public final class EventReader implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_MILLIS = 20_000;

  /** One event; a comment has the kind {@code :}. */
  public record Event(String kind, @Nullable Long id, JsonNode data) {}

  public final String head;
  private final Socket socket;
  private final BufferedReader in;

  public EventReader(int port, @Nullable Long lastEventId) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    String resume = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
    socket
        .getOutputStream()
        .write(("GET /stream HTTP/1.1\r\nHost: localhost\r\n" + resume + "\r\n").getBytes(UTF_8));
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    StringBuilder text = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      text.append(line).append('\n');
    }
    head = text.toString();
  }

  /** Everything up to the first event that is wanted, which is the last one given. */
  public List<Event> until(Predicate<Event> wanted) throws IOException {
    List<Event> events = new ArrayList<>();
    while (true) {
      Event event = next();
      events.add(event);
      if (wanted.test(event)) {
        return events;
      }
    }
  }

  /** Up to the first point of this version, or of a later one that took its place. */
  public List<Event> untilPoint(long version) throws IOException {
    return until(e -> e.kind().equals("point") && e.data().get("version").asLong() >= version);
  }

  public static List<Long> versions(List<Event> events) {
    return events.stream()
        .filter(e -> e.kind().equals("point"))
        .map(e -> e.data().get("version").asLong())
        .toList();
  }

  private Event next() throws IOException {
    String kind = "message";
    Long id = null;
    String data = null;
    while (true) {
      String line = in.readLine();
      assertThat(line).as("the stream goes on").isNotNull();
      if (line.startsWith("event: ")) {
        kind = line.substring(7);
      } else if (line.startsWith("id: ")) {
        id = Long.valueOf(line.substring(4));
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.startsWith(":")) {
        return new Event(":", null, JSON.nullNode());
      } else if (line.isEmpty() && data != null) {
        return new Event(kind, id, JSON.readTree(data));
      } // else the size of a chunk, or the end of one
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
