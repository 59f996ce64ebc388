package io.thalweg.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thalweg.settings.Suggestions;
import io.thalweg.stream.Header;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Signature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Commands of operators as JSON, the values of records on the control topic:
 *
 * <pre>
 * {"schema": "thalweg.command.v1", "command": "pause"}          resume, snapshot, reset-estimators
 * {"command": "bounds", "name": "l2.3", "lower": 1e-6, "upper": 0.1}
 * {"command": "freeze", "names": ["l2.3", "l2.4"]}              unfreeze
 * {"command": "step-size", "factor": 0.5}
 * {"command": "rollback", "version": 120}                       or latest, best, pinned
 * </pre>
 *
 * <p>{@code id} and {@code by} may be added to each: texts that are kept in the ledger. {@code
 * schema} may be left out. What is not known is refused.
 */
public final class CommandCodec {
  /** What a value of this format says in {@code schema}. */
  public static final String SCHEMA = "thalweg.command.v1";

  /** The header that tells a command from an event. */
  public static final String HEADER = "thalweg-command";

  /** Its value. */
  public static final String VERSION = "1";

  /** Bytes of a command, at most. */
  public static final int LARGEST = 16 << 10;

  /** Characters of {@code id} and of {@code by}, at most. */
  private static final int LONGEST_TEXT = 200;

  private static final String RESOURCE = "/schemas/command-v1.json";

  /** Every verb with the keys that it takes beside those that all take. */
  private static final Map<String, List<String>> VERBS = verbs();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(WireJson.FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * A command as it was read.
   *
   * @param instruction what is asked for
   * @param id what the sender calls it, empty for nothing
   * @param by who sent it, empty for nothing
   */
  public record Decoded(Instruction instruction, String id, String by) {
    /**
     * The same in the one form that ledgers keep.
     *
     * @return ASCII JSON on one line
     */
    public String text() {
      return new String(encode(instruction, id, by), UTF_8);
    }

    /**
     * What the sender says of the command and of himself.
     *
     * @return id and by
     */
    public Signature signature() {
      return new Signature(id, by);
    }
  }

  private CommandCodec() {}

  private static Map<String, List<String>> verbs() {
    Map<String, List<String>> verbs = new LinkedHashMap<>();
    verbs.put("pause", List.of());
    verbs.put("resume", List.of());
    verbs.put("snapshot", List.of());
    verbs.put("bounds", List.of("name", "names", "lower", "upper"));
    verbs.put("freeze", List.of("name", "names"));
    verbs.put("unfreeze", List.of("name", "names"));
    verbs.put("step-size", List.of("factor"));
    verbs.put("reset-estimators", List.of());
    verbs.put("rollback", List.of("version"));
    return verbs;
  }

  /**
   * The contract.
   *
   * @return JSON Schema 2020-12 of such values
   */
  public static String schema() {
    try (InputStream in = CommandCodec.class.getResourceAsStream(RESOURCE)) {
      return new String(Objects.requireNonNull(in, RESOURCE).readAllBytes(), UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The headers of such a record.
   *
   * @return in a fixed order
   */
  public static List<Header> headers() {
    return List.of(
        new Header("content-type", "application/json".getBytes(UTF_8)),
        new Header(HEADER, VERSION.getBytes(UTF_8)));
  }

  /**
   * The value of a record.
   *
   * @param instruction what is asked for
   * @param id what the sender calls it, empty for nothing
   * @param by who sends it, empty for nothing
   * @return ASCII JSON on one line, without a line end
   */
  public static byte[] encode(Instruction instruction, String id, String by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (JsonGenerator json = WireJson.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      write(json, instruction);
      if (!id.isEmpty()) {
        json.writeStringField("id", id);
      }
      if (!by.isEmpty()) {
        json.writeStringField("by", by);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, Instruction instruction) throws IOException {
    json.writeStringField("command", verb(instruction));
    if (instruction instanceof Instruction.Bounds bounds) {
      writeNames(json, bounds.names());
      if (bounds.lower() > Double.NEGATIVE_INFINITY) {
        json.writeNumberField("lower", bounds.lower());
      }
      if (bounds.upper() < Double.POSITIVE_INFINITY) {
        json.writeNumberField("upper", bounds.upper());
      }
    } else if (instruction instanceof Instruction.Freeze freeze) {
      writeNames(json, freeze.names());
    } else if (instruction instanceof Instruction.StepSize size) {
      json.writeNumberField("factor", size.factor());
    } else if (instruction instanceof Instruction.RollBack back) {
      json.writeNumberField("version", back.version());
    } else if (instruction instanceof Instruction.RollBackTo back) {
      json.writeStringField("version", back.alias());
    }
  }

  private static void writeNames(JsonGenerator json, List<String> names) throws IOException {
    if (names.size() == 1) {
      json.writeStringField("name", names.get(0));
      return;
    }
    json.writeArrayFieldStart("names");
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  /**
   * How an instruction is called.
   *
   * @param instruction what is asked for
   * @return the value of {@code command}
   */
  public static String verb(Instruction instruction) {
    if (instruction instanceof Instruction.Pause) {
      return "pause";
    } else if (instruction instanceof Instruction.Resume) {
      return "resume";
    } else if (instruction instanceof Instruction.Publish) {
      return "snapshot";
    } else if (instruction instanceof Instruction.Bounds) {
      return "bounds";
    } else if (instruction instanceof Instruction.Freeze freeze) {
      return freeze.frozen() ? "freeze" : "unfreeze";
    } else if (instruction instanceof Instruction.StepSize) {
      return "step-size";
    } else if (instruction instanceof Instruction.ResetEstimators) {
      return "reset-estimators";
    }
    return "rollback";
  }

  /**
   * Reads a command.
   *
   * @param text as {@link Decoded#text} or an operator wrote it
   * @return what it asks for
   * @throws CommandFormatException when it is none, naming the key and what was expected
   */
  public static Decoded decode(String text) {
    return decode(text.getBytes(UTF_8));
  }

  /**
   * Reads a command.
   *
   * @param value of a record
   * @return what it asks for
   * @throws CommandFormatException when it is none, naming the key and what was expected
   */
  public static Decoded decode(byte @Nullable [] value) {
    if (value == null || value.length == 0) {
      throw new CommandFormatException("expected a command, found an empty record");
    }
    if (value.length > LARGEST) {
      throw new CommandFormatException(
          "a command may have " + LARGEST + " bytes, but this one has " + value.length);
    }
    JsonNode node = parsed(value);
    String schema = optionalText(node, "schema", SCHEMA);
    if (!schema.equals(SCHEMA)) {
      throw new CommandFormatException("schema must be " + SCHEMA + ", but was " + schema);
    }
    String verb = text(node, "command");
    List<String> own = VERBS.get(verb);
    if (own == null) {
      throw new CommandFormatException(
          "there is no command " + verb + Suggestions.hint(verb, VERBS.keySet()));
    }
    checkKeys(node, verb, own);
    return new Decoded(
        instruction(node, verb), optionalText(node, "id", ""), optionalText(node, "by", ""));
  }

  private static JsonNode parsed(byte[] value) {
    JsonNode node;
    try {
      node = MAPPER.readTree(value);
    } catch (JsonProcessingException e) {
      throw new CommandFormatException(JsonMistake.words(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory does not fail", e);
    }
    if (node == null || !node.isObject()) {
      throw new CommandFormatException("expected a JSON object with the key command");
    }
    return node;
  }

  private static void checkKeys(JsonNode node, String verb, List<String> own) {
    List<String> known = new ArrayList<>(List.of("schema", "command"));
    known.addAll(own);
    known.addAll(List.of("id", "by"));
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new CommandFormatException(
            verb + " takes no key " + name + Suggestions.hint(name, known));
      }
    }
  }

  private static Instruction instruction(JsonNode node, String verb) {
    return switch (verb) {
      case "pause" -> new Instruction.Pause();
      case "resume" -> new Instruction.Resume();
      case "snapshot" -> new Instruction.Publish();
      case "bounds" -> bounds(node);
      case "freeze" -> new Instruction.Freeze(names(node), true);
      case "unfreeze" -> new Instruction.Freeze(names(node), false);
      case "step-size" -> new Instruction.StepSize(factor(node));
      case "reset-estimators" -> new Instruction.ResetEstimators();
      default -> rollback(node);
    };
  }

  private static Instruction bounds(JsonNode node) {
    if (!node.has("lower") && !node.has("upper")) {
      throw new CommandFormatException("bounds needs lower, upper or both");
    }
    double lower = node.has("lower") ? number(node, "lower") : Double.NEGATIVE_INFINITY;
    double upper = node.has("upper") ? number(node, "upper") : Double.POSITIVE_INFINITY;
    if (lower > upper) {
      throw new CommandFormatException(
          "lower must be at most upper, but lower was " + lower + " and upper " + upper);
    }
    return new Instruction.Bounds(names(node), lower, upper);
  }

  private static double factor(JsonNode node) {
    double factor = number(node, "factor");
    if (!(factor > 0)) {
      throw new CommandFormatException("factor must be positive, but was " + factor);
    }
    return factor;
  }

  private static Instruction rollback(JsonNode node) {
    JsonNode which = required(node, "version");
    if (which.isTextual() && SnapshotAlias.named(which.textValue()) != null) {
      return new Instruction.RollBackTo(which.textValue());
    }
    if (which.isIntegralNumber() && which.canConvertToLong() && which.longValue() > 0) {
      return new Instruction.RollBack(which.longValue());
    }
    throw new CommandFormatException(
        "version must be a version from 1, latest, best or pinned, but was " + which);
  }

  private static List<String> names(JsonNode node) {
    if (node.has("name") && node.has("names")) {
      throw new CommandFormatException("expected name or names, found both");
    }
    if (!node.has("names")) {
      return List.of(text(node, "name"));
    }
    JsonNode array = required(node, "names");
    List<String> names = new ArrayList<>();
    for (JsonNode name : array) {
      if (!name.isTextual()) {
        throw new CommandFormatException("names must be texts, but one was " + name);
      }
      names.add(name.textValue());
    }
    if (!array.isArray() || names.isEmpty()) {
      throw new CommandFormatException("names must be an array of at least one text");
    }
    return names;
  }

  private static double number(JsonNode node, String key) {
    JsonNode value = required(node, key);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw new CommandFormatException(key + " must be a finite number, but was " + value);
    }
    return value.doubleValue();
  }

  private static JsonNode required(JsonNode node, String key) {
    JsonNode value = node.get(key);
    if (value == null) {
      throw new CommandFormatException("expected the key " + key + ", found none");
    }
    return value;
  }

  private static String text(JsonNode node, String key) {
    JsonNode value = required(node, key);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw new CommandFormatException(key + " must be a text, but was " + value);
    }
    return value.textValue();
  }

  private static String optionalText(JsonNode node, String key, String none) {
    if (!node.has(key)) {
      return none;
    }
    String text = text(node, key);
    if (text.length() > LONGEST_TEXT) {
      throw new CommandFormatException(
          key + " may have " + LONGEST_TEXT + " characters, but has " + text.length());
    }
    return text;
  }
}
