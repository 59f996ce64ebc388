package io.thalweg.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The topic files, one per kind: those in the jar, or a folder of the user's own with the same
 * files.
 */
public final class TopicCatalog {
  private static final Set<String> KEYS =
      Set.of(
          "kind", "name", "partitions", "exact", "replication", "keyed", "config", "write", "read");
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Map<TopicKind, TopicSpec> templates;

  private TopicCatalog(Map<TopicKind, TopicSpec> templates) {
    this.templates = templates;
  }

  /**
   * The files of the {@code topics} folder, as they were when the jar was built.
   *
   * @return the catalog
   */
  public static TopicCatalog builtIn() {
    Map<TopicKind, TopicSpec> templates = new EnumMap<>(TopicKind.class);
    for (TopicKind kind : TopicKind.values()) {
      String file = "topics/" + kind.id() + ".yaml";
      try (InputStream in = TopicCatalog.class.getResourceAsStream("/" + file)) {
        if (in == null) {
          throw new TopicException(file + " is missing from the program");
        }
        templates.put(kind, parse(kind, file, new String(in.readAllBytes(), UTF_8)));
      } catch (IOException e) {
        throw new TopicException(file + " cannot be read", e);
      }
    }
    return new TopicCatalog(templates);
  }

  /**
   * The files of a folder; a kind without a file is as in {@link #builtIn}.
   *
   * @param folder holds {@code train.yaml} and so on
   * @return the catalog
   * @throws TopicException when a file is wrong, or there is none
   */
  public static TopicCatalog of(Path folder) {
    Map<TopicKind, TopicSpec> templates = new EnumMap<>(builtIn().templates);
    int found = 0;
    for (TopicKind kind : TopicKind.values()) {
      Path file = folder.resolve(kind.id() + ".yaml");
      if (!Files.isRegularFile(file)) {
        continue;
      }
      found++;
      try {
        templates.put(kind, parse(kind, file.toString(), Files.readString(file)));
      } catch (IOException e) {
        throw new TopicException(file + " cannot be read", e);
      }
    }
    if (found == 0) {
      throw new TopicException(
          folder + ": expected topic files such as train.yaml, found none of them");
    }
    return new TopicCatalog(templates);
  }

  /**
   * The topics of a job under their usual names.
   *
   * @param job name of the job
   * @return one topic per kind
   */
  public List<TopicSpec> of(String job) {
    List<TopicSpec> topics = new ArrayList<>();
    for (TopicKind kind : TopicKind.values()) {
      topics.add(of(kind, job));
    }
    return topics;
  }

  /**
   * One topic of a job under its usual name.
   *
   * @param kind what it is for
   * @param job name of the job
   * @return the topic
   */
  public TopicSpec of(TopicKind kind, String job) {
    TopicSpec template = templates.get(kind);
    if (template == null) {
      throw new TopicException("no topic file for " + kind.id());
    }
    return template.named(template.name().replace("{job}", job));
  }

  /** Reads one file; package-private for tests. */
  static TopicSpec parse(TopicKind kind, String file, String text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new TopicException(file + ":" + line + ": not YAML: " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw new TopicException(file + ": expected a map of settings");
    }
    root.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw new TopicException(
                    file
                        + ": unknown key "
                        + key
                        + ", expected one of "
                        + KEYS.stream().sorted().toList());
              }
            });
    String found = text(root, "kind", file);
    if (!found.equals(kind.id())) {
      throw new TopicException(file + ": kind must be " + kind.id() + ", but was " + found);
    }
    boolean exact = flag(root, "exact", file);
    String name = text(root, "name", file);
    int partitions = whole(root, "partitions", file);
    int replication = whole(root, "replication", file);
    if (partitions < 1 || replication < 1 || replication > Short.MAX_VALUE) {
      throw new TopicException(
          file
              + ": partitions and replication must be at least 1, but were "
              + partitions
              + " and "
              + replication);
    }
    return new TopicSpec(
        kind,
        name,
        partitions,
        exact,
        exact,
        replication,
        flag(root, "keyed", file),
        config(root.get("config"), file),
        words(root.get("write"), "write", file),
        words(root.get("read"), "read", file));
  }

  private static SortedMap<String, String> config(@Nullable JsonNode node, String file) {
    SortedMap<String, String> config = new TreeMap<>();
    if (node == null) {
      return config;
    }
    if (!node.isObject()) {
      throw new TopicException(file + ": config must be a map of Kafka topic settings");
    }
    node.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw new TopicException(
                    file + ": config." + entry.getKey() + " must be a plain value");
              }
              config.put(entry.getKey(), entry.getValue().asText());
            });
    return config;
  }

  private static List<String> words(@Nullable JsonNode node, String key, String file) {
    List<String> words = new ArrayList<>();
    if (node == null) {
      return words;
    }
    if (!node.isArray()) {
      throw new TopicException(file + ": " + key + " must be a list of roles");
    }
    node.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static String text(JsonNode root, String key, String file) {
    JsonNode node = root.get(key);
    if (node == null || !node.isTextual()) {
      throw new TopicException(file + ": " + key + " must be a text");
    }
    return node.asText();
  }

  private static int whole(JsonNode root, String key, String file) {
    JsonNode node = root.get(key);
    if (node == null || !node.canConvertToInt() || !node.isIntegralNumber()) {
      throw new TopicException(file + ": " + key + " must be a whole number");
    }
    return node.asInt();
  }

  private static boolean flag(JsonNode root, String key, String file) {
    JsonNode node = root.get(key);
    if (node == null) {
      return false;
    }
    if (!node.isBoolean()) {
      throw new TopicException(file + ": " + key + " must be true or false");
    }
    return node.asBoolean();
  }
}
