package io.thalweg.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Items;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Fills in what a job does not say, in the order of the schema. */
final class Defaults {
  private static final Location HERE = Location.of("default");

  private final JobSchema schema;

  Defaults(JobSchema schema) {
    this.schema = schema;
  }

  /** A copy of the tree with every default of the chosen problem and method. */
  Tree fill(Tree tree) {
    return fill(tree, schema.root().get("properties"), "");
  }

  private Tree fill(Tree tree, JsonNode properties, String path) {
    Tree out = Tree.empty(tree.at());
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      String key = property.getKey();
      JsonNode rule = schema.dereferenced(property.getValue());
      Entry entry = tree.entries().get(key);
      if (entry == null && rule.has("default")) {
        entry = new Entry(HERE, node(rule.get("default")));
      }
      if (entry == null && path.isEmpty() && rule.has("required")) {
        entry = new Entry(HERE, Tree.empty(HERE)); // refused elsewhere; its keys have defaults
      }
      if (entry != null) {
        String full = path.isEmpty() ? key : path + "." + key;
        out.entries().put(key, new Entry(entry.keyAt(), below(entry.value(), rule, full)));
      }
    }
    tree.entries().forEach(out.entries()::putIfAbsent);
    return out;
  }

  private Node below(Node value, JsonNode rule, String path) {
    if (!(value instanceof Tree tree)) {
      return value;
    }
    if (path.equals("problem")) {
      return fill(tree, schema.resolved("problem", chosen(tree, "type")), path);
    }
    if (path.equals("solver")) {
      return fill(tree, schema.resolved("solver", chosen(tree, "method")), path);
    }
    return rule.has("properties") ? fill(tree, rule.get("properties"), path) : value;
  }

  private static String chosen(Tree tree, String key) {
    return tree.get(key) instanceof Scalar scalar ? scalar.raw() : "";
  }

  private static Node node(JsonNode json) {
    if (json.isObject()) {
      Tree out = Tree.empty(HERE);
      json.properties()
          .forEach(e -> out.entries().put(e.getKey(), new Entry(HERE, node(e.getValue()))));
      return out;
    }
    if (json.isArray()) {
      List<Node> items = new ArrayList<>();
      json.forEach(item -> items.add(node(item)));
      return new Items(HERE, items);
    }
    Object value =
        json.isIntegralNumber()
            ? (Object) json.asLong()
            : json.isNumber()
                ? json.asDouble()
                : json.isBoolean() ? json.asBoolean() : json.asText();
    return Scalar.of(HERE, value, json.asText());
  }
}
