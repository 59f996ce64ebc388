package io.thalweg.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thalweg.settings.Suggestions;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a page asks of the registry of snapshots rather than of the method:
 *
 * <pre>
 * {"command": "pin", "version": 120}     or latest, best
 * {"command": "unpin"}
 * </pre>
 *
 * @param which what is to be pinned, null for nothing any more
 */
record PinRequest(@Nullable Which which) {
  private static final List<String> PIN = List.of("schema", "command", "version", "id", "by");
  private static final List<String> UNPIN = List.of("schema", "command", "id", "by");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a request.
   *
   * @return null for a text that is none: a command to the method, or no JSON
   * @throws IllegalArgumentException for one with other keys or another version
   */
  static @Nullable PinRequest of(String text) {
    JsonNode read;
    try {
      read = JSON.readTree(text);
    } catch (JsonProcessingException noJson) {
      return null; // whoever reads it as a command says what is wrong
    }
    String verb = read.path("command").asText();
    return switch (verb) {
      case "pin" -> {
        requireKeys(read, verb, PIN);
        yield new PinRequest(Which.of(read.path("version").asText()));
      }
      case "unpin" -> {
        requireKeys(read, verb, UNPIN);
        yield new PinRequest(null);
      }
      default -> null;
    };
  }

  private static void requireKeys(JsonNode read, String verb, List<String> known) {
    for (Iterator<String> names = read.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            verb + " takes no key " + name + Suggestions.hint(name, known));
      }
    }
  }
}
