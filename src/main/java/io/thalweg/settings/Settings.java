package io.thalweg.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A read-only tree of settings as the user wrote them: maps, lists, numbers, texts and flags. Every
 * getter names the full key in its complaint, so that a reader of the message knows the line to
 * change.
 */
public final class Settings {
  private final String path;
  private final Map<String, Object> values;

  private Settings(String path, Map<String, Object> values) {
    this.path = path;
    this.values = values;
  }

  /**
   * A tree below the given key.
   *
   * @param path dotted key of this tree ("" for the root)
   * @param values keys to {@code Number}, {@code String}, {@code Boolean}, {@code List} or {@code
   *     Map} of the same
   * @return the view; the map is copied one level deep
   */
  public static Settings of(String path, Map<String, ?> values) {
    return new Settings(path, Collections.unmodifiableMap(new LinkedHashMap<>(values)));
  }

  /**
   * The dotted key of one entry.
   *
   * @param key a key of this tree
   * @return the full key as in the job file
   */
  public String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /**
   * The keys present, in the order they were written.
   *
   * @return keys of this level
   */
  public Set<String> keys() {
    return values.keySet();
  }

  /**
   * Whether a key is present and not null.
   *
   * @param key a key of this tree
   * @return true when it has a value
   */
  public boolean has(String key) {
    return values.get(key) != null;
  }

  /**
   * The raw value.
   *
   * @param key a key of this tree
   * @return the value, or null when absent
   */
  public @Nullable Object raw(String key) {
    return values.get(key);
  }

  /**
   * A finite number.
   *
   * @param key a key of this tree
   * @return the number
   * @throws SettingException when absent, not a number or not finite
   */
  public double number(String key) {
    Object value = required(key, "a number");
    if (value instanceof Number n && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw wrong(key, "a finite number", value);
  }

  /**
   * A finite number with a default.
   *
   * @param key a key of this tree
   * @param otherwise value when absent
   * @return the number
   */
  public double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  /**
   * A whole number.
   *
   * @param key a key of this tree
   * @return the number
   * @throws SettingException when absent or not a whole number within 32 bits
   */
  public int integer(String key) {
    Object value = required(key, "a whole number");
    if (value instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue())) {
      if (Math.abs(n.doubleValue()) <= Integer.MAX_VALUE) {
        return n.intValue();
      }
    }
    throw wrong(key, "a whole number", value);
  }

  /**
   * A whole number with a default.
   *
   * @param key a key of this tree
   * @param otherwise value when absent
   * @return the number
   */
  public int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  /**
   * A text.
   *
   * @param key a key of this tree
   * @return the text
   * @throws SettingException when absent or not a text
   */
  public String text(String key) {
    Object value = required(key, "a text");
    if (value instanceof String s) {
      return s;
    }
    throw wrong(key, "a text", value);
  }

  /**
   * A text with a default.
   *
   * @param key a key of this tree
   * @param otherwise value when absent
   * @return the text
   */
  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /**
   * A flag with a default.
   *
   * @param key a key of this tree
   * @param otherwise value when absent
   * @return the flag
   * @throws SettingException when present and neither true nor false
   */
  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    Object value = required(key, "true or false");
    if (value instanceof Boolean b) {
      return b;
    }
    throw wrong(key, "true or false", value);
  }

  /**
   * A list of finite numbers.
   *
   * @param key a key of this tree
   * @return a fresh array
   * @throws SettingException when absent or any entry is not a finite number
   */
  public double[] numbers(String key) {
    Object value = required(key, "a list of numbers");
    if (!(value instanceof List<?> list)) {
      throw wrong(key, "a list of numbers", value);
    }
    double[] out = new double[list.size()];
    for (int i = 0; i < out.length; i++) {
      Object entry = list.get(i);
      if (!(entry instanceof Number n) || !Double.isFinite(n.doubleValue())) {
        throw new SettingException(
            pathOf(key), "must hold finite numbers, but entry " + i + " was " + entry);
      }
      out[i] = n.doubleValue();
    }
    return out;
  }

  /**
   * A list of texts; one text counts as a list of one.
   *
   * @param key a key of this tree
   * @return the texts, empty when absent
   */
  public List<String> texts(String key) {
    Object value = values.get(key);
    List<String> out = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object entry : list) {
        out.add(String.valueOf(entry));
      }
    } else if (value != null) {
      out.add(String.valueOf(value));
    }
    return out;
  }

  /**
   * The tree below a key.
   *
   * @param key a key of this tree
   * @return its settings, empty when absent
   * @throws SettingException when present and not a map
   */
  public Settings child(String key) {
    Object value = values.get(key);
    if (value == null) {
      return new Settings(pathOf(key), Map.of());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> e : map.entrySet()) {
        copy.put(String.valueOf(e.getKey()), e.getValue());
      }
      return new Settings(pathOf(key), Collections.unmodifiableMap(copy));
    }
    throw wrong(key, "a map of settings", value);
  }

  /**
   * Whether the value of a key is a map.
   *
   * @param key a key of this tree
   * @return true for a nested tree
   */
  public boolean isTree(String key) {
    return values.get(key) instanceof Map<?, ?>;
  }

  /**
   * A number within a range.
   *
   * @param key a key of this tree
   * @param otherwise value when absent
   * @param range the interval it must lie in
   * @return the number
   * @throws SettingException when outside, written so that NaN fails too
   */
  public double number(String key, double otherwise, Range range) {
    double value = number(key, otherwise);
    if (range.contains(value)) {
      return value;
    }
    throw new SettingException(pathOf(key), "must be in " + range + ", but was " + value);
  }

  private Object required(String key, String expected) {
    Object value = values.get(key);
    if (value == null) {
      throw new SettingException(pathOf(key), "is required: expected " + expected);
    }
    return value;
  }

  private SettingException wrong(String key, String expected, Object found) {
    return new SettingException(pathOf(key), "must be " + expected + ", but was " + found);
  }
}
