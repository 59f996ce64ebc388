package io.thalweg.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One text for one meaning: sorted keys, every number as a double, no blanks. */
final class Canonical {
  private Canonical() {}

  /** The text of a tree of maps, lists, numbers, texts and flags. */
  static String text(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** SHA-256 of {@link #text}, in hexadecimal digits. */
  static String sha256(@Nullable Object value) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text(value).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((k, v) -> sorted.put(String.valueOf(k), v));
      char before = '{';
      for (Map.Entry<String, @Nullable Object> e : sorted.entrySet()) {
        out.append(before);
        quote(e.getKey(), out);
        out.append(':');
        write(e.getValue(), out);
        before = ',';
      }
      out.append(sorted.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      char before = '[';
      for (Object entry : list) {
        out.append(before);
        write(entry, out);
        before = ',';
      }
      out.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof Long word && Math.abs((double) word) > 9e15) {
      out.append(word.longValue()); // beyond what a double holds exactly
    } else if (value instanceof Number number) {
      out.append(number.doubleValue() + 0.0); // -0.0 and 0.0 are one value
    } else if (value instanceof String text) {
      quote(text, out);
    } else {
      out.append(value);
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}
