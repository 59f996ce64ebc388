package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings as one line of YAML: the method first, the rest by name, the same on every machine. */
final class SettingsText {
  private static final String FIRST = "method";

  private SettingsText() {}

  /**
   * Settings from a line of {@code key: value} pairs without nesting, values being whole numbers,
   * numbers, flags or words.
   */
  static Map<String, Object> read(String line) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (String pair : line.split(", ", -1)) {
      String[] sides = pair.split(": ", 2);
      out.put(sides[0], value(sides[1]));
    }
    return out;
  }

  private static Object value(String word) {
    if (word.equals("true") || word.equals("false")) {
      return word.equals("true");
    }
    if (word.matches("-?\\d{1,9}")) {
      return Integer.valueOf(word);
    }
    return word.matches("-?[\\d.]+(e-?\\d+)?") ? (Object) Double.valueOf(word) : word;
  }

  static String of(Map<String, ?> settings) {
    Map<String, Object> sorted = new TreeMap<>(settings);
    List<String> parts = new ArrayList<>();
    Object method = sorted.remove(FIRST);
    if (method != null) {
      parts.add(FIRST + ": " + value(method));
    }
    sorted.forEach((key, value) -> parts.add(key + ": " + value(value)));
    return "{" + String.join(", ", parts) + "}";
  }

  private static String value(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new TreeMap<>();
      map.forEach((key, inner) -> copy.put(String.valueOf(key), inner));
      return of(copy);
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(SettingsText::value).toList()) + "]";
    }
    if (value instanceof Number number) {
      double d = number.doubleValue();
      return d == Math.rint(d) && Math.abs(d) < 1e15 ? Long.toString((long) d) : Double.toString(d);
    }
    return String.valueOf(value);
  }
}
