package io.thalweg.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import io.thalweg.settings.Range;
import io.thalweg.settings.Suggestions;
import io.thalweg.solver.Methods;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Validates a tree against the schema and words the findings for people, each with its place. */
final class SchemaCheck {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonNode schema;
  private final Schema validator;

  SchemaCheck(JobSchema schema) {
    this.schema = schema.root();
    this.validator =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(this.schema);
  }

  /** All that is wrong, one mistake per place and key. */
  List<Mistake> check(Tree tree) {
    Map<String, Mistake> found = new LinkedHashMap<>();
    List<Missing> missing = new ArrayList<>();
    List<String> intended = new ArrayList<>();
    for (Error error : validator.validate(MAPPER.<JsonNode>valueToTree(tree.plain()))) {
      List<String> path = elements(error.getInstanceLocation());
      JsonNode rule = rule(error);
      switch (error.getKeyword()) {
        case "required" -> missing.add(new Missing(path, error.getProperty(), rule));
        case "additionalProperties", "unevaluatedProperties" -> {
          List<String> key = appended(path, error.getProperty());
          List<String> known = names(rule.path("properties"));
          String nearest = Suggestions.nearest(error.getProperty(), known);
          if (nearest != null) {
            intended.add(Places.dotted(appended(path, nearest)));
          }
          String hint = known.isEmpty() ? "" : Suggestions.hint(error.getProperty(), known);
          String refusal = refusal(tree, key);
          String message = refusal == null ? "unknown key" + hint : refusal;
          put(found, new Mistake(Places.key(tree, key), Places.dotted(key), message));
        }
        default ->
            put(
                found,
                new Mistake(
                    Places.value(tree, path),
                    Places.dotted(path),
                    complaint(error, rule, tree, path)));
      }
    }
    for (Missing m : missing) {
      String key = Places.dotted(appended(m.path, m.property));
      if (!intended.contains(key)) { // a misspelt key is one mistake, not two
        JsonNode of = m.rule.path("properties").path(m.property);
        String expected = of.isObject() ? ": expected " + expected(of) : "";
        put(found, new Mistake(Places.key(tree, m.path), key, "is required" + expected));
      }
    }
    return new ArrayList<>(found.values());
  }

  /** Why the method of the job does without a key that others have; null when it is not known. */
  private static @Nullable String refusal(Tree tree, List<String> key) {
    return key.size() == 2
            && key.get(0).equals("solver")
            && Places.find(tree, List.of("solver", "method")) instanceof Scalar method
        ? Methods.refusal(method.raw(), key.get(1))
        : null;
  }

  private record Missing(List<String> path, String property, JsonNode rule) {}

  private static void put(Map<String, Mistake> found, Mistake mistake) {
    found.putIfAbsent(mistake.at() + " " + mistake.key(), mistake);
  }

  private String complaint(Error error, JsonNode rule, Tree tree, List<String> path) {
    Node node = Places.find(tree, path);
    String found = node == null ? "nothing" : Node.describe(node);
    if (Secrets.isSecretKey(Places.dotted(path)) && node instanceof Scalar secret) {
      String quote = secret.value() instanceof String ? "" : " that are no text: quote them";
      found = secret.raw().length() + " characters" + quote; // and not which
    }
    String hint = "";
    if (rule.has("enum") && node instanceof Scalar scalar && !scalar.secret()) {
      String nearest = Suggestions.nearest(scalar.raw(), texts(rule.get("enum")));
      hint = nearest == null ? "" : "; did you mean \"" + nearest + "\"?";
    }
    boolean numeric = rule.path("type").asText().matches("number|integer");
    if (numeric && node instanceof Scalar scalar && scalar.value() instanceof String) {
      found += " (a text)";
    }
    String expected = expected(rule);
    return "expected "
        + (expected.isEmpty() ? error.getMessage() : expected)
        + ", found "
        + found
        + hint;
  }

  /** What a schema asks for, as a noun phrase. */
  static String expected(JsonNode rule) {
    if (rule.has("title")) {
      return rule.get("title").asText();
    }
    if (rule.has("enum")) {
      List<String> choices = texts(rule.get("enum"));
      return choices.size() == 1 ? choices.get(0) : "one of " + String.join(", ", choices);
    }
    if (rule.has("const")) {
      return rule.get("const").asText();
    }
    if (rule.has("else")) {
      return expected(rule.get("else"));
    }
    return switch (rule.path("type").asText()) {
      case "number" -> "a number" + within(rule);
      case "integer" -> "a whole number" + within(rule);
      case "string" -> "a text";
      case "boolean" -> "true or false";
      case "object" -> "a map";
      case "array" -> "a list";
      default -> "";
    };
  }

  private static String within(JsonNode rule) {
    Range range = range(rule);
    return range.equals(Range.ANY) ? "" : " in " + range;
  }

  /** The interval a schema allows. */
  static Range range(JsonNode rule) {
    boolean minOpen = !rule.has("minimum");
    boolean maxOpen = !rule.has("maximum");
    double min =
        rule.path(minOpen ? "exclusiveMinimum" : "minimum").asDouble(Double.NEGATIVE_INFINITY);
    double max =
        rule.path(maxOpen ? "exclusiveMaximum" : "maximum").asDouble(Double.POSITIVE_INFINITY);
    return new Range(min, minOpen, max, maxOpen);
  }

  /** The schema object whose keyword complained. */
  private JsonNode rule(Error error) {
    JsonNode at = schema;
    List<String> path = elements(error.getSchemaLocation().getFragment());
    for (String step : path.subList(0, Math.max(0, path.size() - 1))) {
      at = at.isArray() ? at.path(Integer.parseInt(step)) : at.path(step);
    }
    return at;
  }

  private static List<String> elements(@Nullable NodePath path) {
    List<String> out = new ArrayList<>();
    for (int i = 0; path != null && i < path.getNameCount(); i++) {
      out.add(String.valueOf(path.getElement(i)));
    }
    return out;
  }

  private static List<String> appended(List<String> path, String last) {
    List<String> out = new ArrayList<>(path);
    out.add(last);
    return out;
  }

  private static List<String> names(JsonNode properties) {
    List<String> out = new ArrayList<>();
    for (Iterator<String> it = properties.fieldNames(); it.hasNext(); ) {
      out.add(it.next());
    }
    return out;
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.toList());
  }
}
