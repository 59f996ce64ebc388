package io.thalweg.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The JSON Schema of job files: a hand-written base for what every job has, and the parameters that
 * methods and problems declare, so that the schema cannot disagree with them.
 */
public final class JobSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String RESOURCE = "/schemas/job-v1.json";

  private final ObjectNode root;
  private final Map<String, List<Parameter>> problems;
  private final Map<String, List<Parameter>> methods;

  JobSchema(List<ProblemInfo> problems, List<MethodInfo> methods) {
    this.problems = new LinkedHashMap<>();
    problems.forEach(p -> this.problems.put(p.id(), p.parameters()));
    this.methods = new LinkedHashMap<>();
    methods.forEach(m -> this.methods.put(m.id(), m.parameters()));
    this.root = base();
    // the class name of a problem of the user's has a dot; its keys are its own
    ObjectNode type = at("problem", "type");
    type.put("title", "one of " + String.join(", ", this.problems.keySet()) + " or a class name");
    ObjectNode dotted = JSON.objectNode().put("pattern", "\\.");
    type.set("if", dotted);
    type.set("then", JSON.booleanNode(true));
    type.set("else", JSON.objectNode().set("enum", texts(this.problems.keySet())));
    ((ObjectNode) type.get("else")).put("title", type.get("title").asText());
    at("solver", "method").set("enum", texts(this.methods.keySet()));
    ((ObjectNode) properties(root)).set(Methods.ROBUST.key(), schema(Methods.ROBUST));
    for (Parameter part : List.of(Methods.DRIFT, Methods.GUARD)) {
      ((ObjectNode) properties(root)).set(part.key(), schema(part));
    }
    branches("problem", "type", this.problems);
    branches("solver", "method", this.methods);
  }

  /**
   * The schema of this build.
   *
   * @return with all built-in problems and methods
   */
  public static JobSchema builtIn() {
    return new JobSchema(Problems.all(), Methods.all());
  }

  /**
   * The schema as text.
   *
   * @return pretty-printed JSON
   */
  public String text() {
    return root.toPrettyString();
  }

  /** The schema as a tree; not to be modified. */
  ObjectNode root() {
    return root;
  }

  /** Every key an environment variable can stand for. */
  Overrides.Keys keys() {
    Set<String> fixed = new LinkedHashSet<>();
    Set<String> open = new LinkedHashSet<>();
    collect(root, "", fixed, open);
    fixed.remove("kafka");
    open.add("kafka");
    return new Overrides.Keys(List.copyOf(fixed), List.copyOf(open));
  }

  /** The properties that hold where a problem and a method are chosen; null keys choose nothing. */
  ObjectNode resolved(String part, String chosen) {
    ObjectNode out = JSON.objectNode();
    properties(root)
        .get(part)
        .get("properties")
        .properties()
        .forEach(e -> out.set(e.getKey(), e.getValue()));
    Map<String, List<Parameter>> of = part.equals("problem") ? problems : methods;
    for (Parameter parameter : of.getOrDefault(chosen, List.of())) {
      out.set(parameter.key(), schema(parameter, of.getOrDefault(chosen, List.of())));
    }
    return out;
  }

  /** Keys a problem or a method cannot do without. */
  List<String> required(String part, String chosen) {
    Map<String, List<Parameter>> of = part.equals("problem") ? problems : methods;
    return of.getOrDefault(chosen, List.of()).stream()
        .filter(Parameter::required)
        .map(Parameter::key)
        .toList();
  }

  /** A schema with its reference followed and the reference's siblings kept. */
  JsonNode dereferenced(JsonNode schema) {
    JsonNode reference = schema.get("$ref");
    if (reference == null) {
      return schema;
    }
    ObjectNode out = ((ObjectNode) root.at(reference.asText().substring(1))).deepCopy();
    schema.properties().forEach(e -> out.set(e.getKey(), e.getValue()));
    out.remove("$ref");
    return out;
  }

  private void branches(String part, String selector, Map<String, List<Parameter>> options) {
    ObjectNode of = (ObjectNode) properties(root).get(part);
    ArrayNode allOf = of.putArray("allOf");
    options.forEach(
        (id, parameters) -> {
          ObjectNode branch = allOf.addObject();
          ObjectNode when = branch.putObject("if");
          when.putObject("properties").putObject(selector).put("const", id);
          when.putArray("required").add(selector);
          ObjectNode then = branch.putObject("then");
          ObjectNode keys = then.putObject("properties");
          of.get("properties").fieldNames().forEachRemaining(key -> keys.put(key, true));
          ArrayNode required = JSON.arrayNode();
          for (Parameter parameter : parameters) {
            keys.set(parameter.key(), schema(parameter, parameters));
            if (parameter.required()) {
              required.add(parameter.key());
            }
          }
          if (!required.isEmpty()) {
            then.set("required", required);
          }
          then.put("additionalProperties", false);
        });
  }

  /** An option with keys of its own may be written with them: {@code {lanczos: {krylov: 20}}}. */
  private static final String OPTION_WITH_KEYS = "hypergradient";

  private static ObjectNode schema(Parameter parameter, List<Parameter> siblings) {
    ObjectNode plain = schema(parameter);
    if (!parameter.key().equals(OPTION_WITH_KEYS)) {
      return plain;
    }
    ObjectNode own = JSON.objectNode();
    for (Parameter sibling : siblings) {
      if (List.of("clamp", "krylov", "rho", "radius").contains(sibling.key())) {
        ObjectNode key = schema(sibling);
        key.remove("default");
        own.set(sibling.key(), key);
      }
    }
    ObjectNode tree = JSON.objectNode();
    ObjectNode keys = tree.putObject("properties");
    keys.putObject("type").set("enum", texts(parameter.choices()));
    keys.setAll(own);
    for (String choice : parameter.choices()) {
      ObjectNode option = keys.putObject(choice);
      option.put("type", "object").put("additionalProperties", false);
      option.set("properties", own.deepCopy());
    }
    tree.put("additionalProperties", false);
    ObjectNode out = JSON.objectNode();
    plain.properties().forEach(e -> out.set(e.getKey(), e.getValue()));
    ObjectNode otherwise = JSON.objectNode();
    otherwise.set("enum", Objects.requireNonNull(out.remove("enum")));
    out.putObject("if").put("type", "object");
    out.set("then", tree);
    out.set("else", otherwise);
    return out;
  }

  private static ObjectNode schema(Parameter parameter) {
    ObjectNode out = JSON.objectNode();
    out.put("description", parameter.meaning());
    switch (parameter.kind()) {
      case NUMBER -> number(out, "number", parameter.range());
      case INTEGER -> number(out, "integer", parameter.range());
      case CHOICE -> out.set("enum", texts(parameter.choices()));
      case TEXT -> out.put("type", "string");
      case FLAG -> out.put("type", "boolean");
      case SCHEDULE -> schedule(out, parameter.range());
      case WEIGHTS -> weights(out, parameter);
      case NUMBERS -> {
        out.put("type", "array");
        number(out.putObject("items"), "number", parameter.range());
      }
      case TEXTS -> {
        out.putArray("type").add("array").add("string");
        out.putObject("items").put("type", "string");
      }
      case TREE -> tree(out, parameter);
    }
    Object otherwise = parameter.defaultValue();
    if (otherwise != null) {
      out.set("default", MAPPER.valueToTree(otherwise));
    }
    return out;
  }

  /** A map; where there are choices, one of these texts may stand for it. */
  private static void tree(ObjectNode out, Parameter parameter) {
    ObjectNode tree = out;
    if (parameter.choices().isEmpty()) {
      out.put("type", "object");
    } else {
      out.putObject("if").put("type", "object");
      tree = out.putObject("then");
      List<String> keys = parameter.keys().stream().map(Parameter::key).toList();
      ObjectNode text = out.putObject("else");
      text.put(
          "title",
          String.join(", ", parameter.choices()) + " or {" + String.join(", ", keys) + "}");
      text.set("enum", texts(parameter.choices()));
    }
    if (!parameter.keys().isEmpty()) {
      tree.put("additionalProperties", false);
      ObjectNode keys = tree.putObject("properties");
      for (Parameter key : parameter.keys()) {
        keys.set(key.key(), schema(key));
      }
    }
  }

  private static void schedule(ObjectNode out, Range range) {
    out.putObject("if").put("type", "object");
    ObjectNode tree = out.putObject("then");
    tree.put("additionalProperties", false);
    ObjectNode keys = tree.putObject("properties");
    keys.putObject("schedule").set("enum", texts(List.of("constant", "sqrt", "cbrt", "power")));
    number(keys.putObject("k"), "number", Range.POSITIVE);
    number(keys.putObject("m"), "number", Range.NON_NEGATIVE);
    number(keys.putObject("floor"), "number", Range.NON_NEGATIVE);
    number(keys.putObject("power"), "number", Range.NON_NEGATIVE);
    ObjectNode plain = out.putObject("else");
    plain.put("title", "a number" + within(range) + " or {schedule, k, m, power, floor}");
    number(plain, "number", range);
  }

  /** The letters are listed, so that a variable that may mean two of them is found out. */
  private static void weights(ObjectNode out, Parameter parameter) {
    out.putObject("if").put("type", "object");
    ObjectNode tree = out.putObject("then");
    tree.put("additionalProperties", false);
    ObjectNode keys = tree.putObject("properties");
    for (String letter : parameter.choices()) {
      number(keys.putObject(letter), "number", parameter.range());
    }
    String letters = String.join(", ", parameter.choices());
    ObjectNode plain = out.putObject("else");
    plain.put("title", "a number" + within(parameter.range()) + " or a map of them by " + letters);
    number(plain, "number", parameter.range());
  }

  private static String within(Range range) {
    return range.equals(Range.ANY) ? "" : " in " + range;
  }

  private static void number(ObjectNode out, String type, Range range) {
    out.put("type", type);
    boolean whole = type.equals("integer");
    if (!Double.isInfinite(range.min())) {
      end(out, range.minOpen() ? "exclusiveMinimum" : "minimum", range.min(), whole);
    }
    if (!Double.isInfinite(range.max())) {
      end(out, range.maxOpen() ? "exclusiveMaximum" : "maximum", range.max(), whole);
    }
  }

  private static void end(ObjectNode out, String keyword, double value, boolean whole) {
    if (whole || (value == Math.rint(value) && Math.abs(value) < 1e9)) {
      out.put(keyword, (long) value);
    } else {
      out.put(keyword, value);
    }
  }

  private void collect(JsonNode schema, String path, Set<String> fixed, Set<String> open) {
    JsonNode node = dereferenced(schema);
    List<JsonNode> parts = new ArrayList<>();
    parts.add(node);
    for (String keyword : List.of("then", "else")) {
      if (node.has(keyword)) {
        parts.add(node.get(keyword));
      }
    }
    node.path("allOf").forEach(branch -> parts.add(branch.path("then")));
    boolean tree = false;
    for (JsonNode part : parts) {
      for (Map.Entry<String, JsonNode> e : part.path("properties").properties()) {
        tree = true;
        String key = path.isEmpty() ? e.getKey() : path + "." + e.getKey();
        fixed.add(key);
        if (e.getValue().isObject()) {
          collect(e.getValue(), key, fixed, open);
        }
      }
      tree |= part.path("additionalProperties").isObject();
    }
    boolean unlisted = "object".equals(node.path("type").asText()) && !tree;
    if (!path.isEmpty() && (unlisted || opens(parts))) {
      open.add(path);
    }
  }

  private static boolean opens(List<JsonNode> parts) {
    return parts.stream().anyMatch(part -> part.path("additionalProperties").isObject());
  }

  private ObjectNode at(String part, String key) {
    return (ObjectNode) properties(root).get(part).get("properties").get(key);
  }

  private static JsonNode properties(ObjectNode schema) {
    return schema.get("properties");
  }

  private static ArrayNode texts(Iterable<String> values) {
    ArrayNode out = JSON.arrayNode();
    values.forEach(out::add);
    return out;
  }

  private static ObjectNode base() {
    try (InputStream in = JobSchema.class.getResourceAsStream(RESOURCE)) {
      return (ObjectNode) MAPPER.readTree(Objects.requireNonNull(in, RESOURCE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
