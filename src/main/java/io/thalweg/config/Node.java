package io.thalweg.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a job file says, with the place of every key and value. */
sealed interface Node {
  /** Where the value begins. */
  Location at();

  /** The value as the rest of the program sees it: maps, lists, numbers, texts, flags, null. */
  @Nullable Object plain();

  /** A key with its value. */
  record Entry(Location keyAt, Node value) {}

  /** Keys in the order they were written. */
  record Tree(Location at, Map<String, Entry> entries) implements Node {
    static Tree empty(Location at) {
      return new Tree(at, new LinkedHashMap<>());
    }

    @Nullable Node get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    @Override
    public Map<String, @Nullable Object> plain() {
      Map<String, @Nullable Object> out = new LinkedHashMap<>();
      entries.forEach((key, entry) -> out.put(key, entry.value().plain()));
      return out;
    }
  }

  /** A list. */
  record Items(Location at, List<Node> items) implements Node {
    @Override
    public List<@Nullable Object> plain() {
      List<@Nullable Object> out = new ArrayList<>(items.size());
      for (Node item : items) {
        out.add(item.plain());
      }
      return out;
    }
  }

  /**
   * A single value.
   *
   * @param at where it begins
   * @param value a Long, a Double, a text, a flag or null
   * @param raw the characters as written, for settings that are handed on verbatim
   * @param shown what may be printed in its place: the characters as written, references to secrets
   *     unresolved
   * @param secrets what references in it were resolved to; empty when there are none
   */
  record Scalar(Location at, @Nullable Object value, String raw, String shown, Set<String> secrets)
      implements Node {
    static Scalar of(Location at, @Nullable Object value, String raw) {
      return new Scalar(at, value, raw, raw, Set.of());
    }

    @Override
    public @Nullable Object plain() {
      return value;
    }

    boolean secret() {
      return !secrets.isEmpty();
    }
  }

  /** The kind of value, for messages. */
  static String describe(Node node) {
    if (node instanceof Tree) {
      return "a map";
    }
    if (node instanceof Items items) {
      return items.items().isEmpty() ? "an empty list" : "a list";
    }
    Scalar scalar = (Scalar) node;
    Object value = scalar.value();
    if (value == null) {
      return "nothing";
    }
    return value instanceof String ? "\"" + clipped(scalar.shown()) + "\"" : scalar.shown();
  }

  private static String clipped(String text) {
    String line = text.replace('\n', ' ').replace('\r', ' ');
    return line.length() <= 60 ? line : line.substring(0, 57) + "...";
  }
}
