package io.thalweg.wire;

import com.fasterxml.jackson.databind.JsonNode;

/** A value of a JSON text together with where it stands, so that every complaint says where. */
record Json(String path, JsonNode node) {
  Json object(String key) {
    Json child = get(key);
    if (!child.node.isObject()) {
      throw child.wrong("an object");
    }
    return child;
  }

  Json array(String key) {
    Json child = get(key);
    if (!child.node.isArray()) {
      throw child.wrong("an array");
    }
    return child;
  }

  Json get(String key) {
    JsonNode child = node.get(key);
    if (child == null) {
      throw new SnapshotFormatException(
          "expected the key " + key + (path.isEmpty() ? "" : " in " + path) + ", found none");
    }
    return new Json(path.isEmpty() ? key : path + "." + key, child);
  }

  Json at(int i) {
    return new Json(path + "[" + i + "]", node.get(i));
  }

  int size() {
    return node.size();
  }

  String text() {
    if (!node.isTextual()) {
      throw wrong("a text");
    }
    return node.textValue();
  }

  long whole() {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong("a whole number");
    }
    return node.longValue();
  }

  int count() {
    long value = whole();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw wrong("a count of 32 bits");
    }
    return (int) value;
  }

  double finite() {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw wrong("a finite number");
    }
    return node.doubleValue();
  }

  SnapshotFormatException wrong(String expected) {
    String found = node.toString();
    if (found.length() > 80) {
      found = found.substring(0, 80) + "...";
    }
    return new SnapshotFormatException(path + " must be " + expected + ", but was " + found);
  }
}
