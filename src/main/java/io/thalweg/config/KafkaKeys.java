package io.thalweg.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the {@code kafka} part may not say: the keys the delivery guarantee rests on, and login
 * modules beyond the three that speak SASL to a broker (others of the JDK reach out to directories
 * or load code).
 */
final class KafkaKeys {
  /** Keys that are set here and nowhere else, with the reason. */
  static final Map<String, String> OWNED = owned();

  private static final List<String> LOGIN_MODULES =
      List.of(
          "org.apache.kafka.common.security.plain.PlainLoginModule",
          "org.apache.kafka.common.security.scram.ScramLoginModule",
          "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule");

  private static final Pattern QUOTED = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"|'[^']*'");
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*([^\\s;]+)\\s+(?i:required|requisite|sufficient|optional)\\b[^;]*;?\\s*");

  private KafkaKeys() {}

  /**
   * Checks the client settings.
   *
   * @param clients keys and values, secrets resolved
   * @param refuse receives a key and why it is refused
   */
  static void check(Map<String, String> clients, BiConsumer<String, String> refuse) {
    clients.forEach(
        (key, value) -> {
          String reason = OWNED.get(key);
          if (reason != null) {
            refuse.accept(key, "is set by Thalweg and cannot be changed: " + reason);
          } else if (key.endsWith("sasl.jaas.config")) {
            loginModules(key, value, refuse);
          }
        });
  }

  private static void loginModules(String key, String value, BiConsumer<String, String> refuse) {
    // quoted option values may hold anything, semicolons included
    String bare = QUOTED.matcher(value).replaceAll("x");
    Matcher entry = ENTRY.matcher(bare);
    int end = 0;
    while (entry.find(end) && entry.start() == end) {
      String module = entry.group(1);
      if (!LOGIN_MODULES.contains(module)) {
        refuse.accept(
            key,
            "login module "
                + module
                + " is not allowed: expected PlainLoginModule, ScramLoginModule or"
                + " OAuthBearerLoginModule of org.apache.kafka.common.security");
      }
      end = entry.end();
    }
    if (end == 0 || end != bare.length()) {
      refuse.accept(key, "expected \"<login module> required <option>=\"...\";\"");
    }
  }

  private static Map<String, String> owned() {
    Map<String, String> owned = new LinkedHashMap<>();
    owned.put("transactional.id", "it is the job's name, so that a second instance is fenced");
    owned.put("group.id", "it is the job's name");
    owned.put("group.instance.id", "positions come from the checkpoint, not from a group");
    owned.put("enable.auto.commit", "offsets are committed with the snapshots or not at all");
    owned.put("isolation.level", "only committed records are read");
    owned.put("auto.offset.reset", "lost data is reported, never skipped (see on-data-loss)");
    owned.put("enable.idempotence", "it is always on");
    owned.put("acks", "it is always all");
    for (String part : List.of("key.serializer", "value.serializer")) {
      owned.put(part, "records are written as bytes");
    }
    for (String part : List.of("key.deserializer", "value.deserializer")) {
      owned.put(part, "records are read as bytes and decoded by samples.format");
    }
    return Map.copyOf(owned);
  }
}
