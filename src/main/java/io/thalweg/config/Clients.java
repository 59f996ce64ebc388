package io.thalweg.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings handed to the Kafka clients verbatim. Printing it shows no secret.
 *
 * @param values keys and values, secrets resolved
 * @param shown the same with secrets masked
 */
public record Clients(Map<String, String> values, Map<String, String> shown) {
  /**
   * Sorts and copies.
   *
   * @param values keys and values, secrets resolved
   * @param shown the same with secrets masked
   */
  public Clients {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    shown = Collections.unmodifiableMap(new TreeMap<>(shown));
  }

  /**
   * The brokers to begin with.
   *
   * @return host:port, separated by commas
   */
  public String bootstrap() {
    return values.getOrDefault("bootstrap.servers", "");
  }

  @Override
  public String toString() {
    return shown.toString();
  }
}
