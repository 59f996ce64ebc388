package io.thalweg.topics;

import java.util.List;
import java.util.Map;

/** One line of a plan. */
public sealed interface Change {
  /**
   * The topic it is about.
   *
   * @return its name
   */
  String topic();

  /**
   * The mark in front of the line.
   *
   * @return {@code +} for a new topic, {@code ~} for a change, {@code !} for what needs a person,
   *     {@code =} for nothing to do
   */
  char mark();

  /**
   * What happens, in words.
   *
   * @return the rest of the line
   */
  String text();

  /**
   * What belongs to it, a line each.
   *
   * @return none for most
   */
  default List<String> details() {
    return List.of();
  }

  /**
   * A topic to create.
   *
   * @param topic its name
   * @param partitions its partitions
   * @param replication its replicas
   * @param config its settings
   */
  record Create(String topic, int partitions, int replication, Map<String, String> config)
      implements Change {
    @Override
    public char mark() {
      return '+';
    }

    @Override
    public String text() {
      return count(partitions, "partition") + ", " + count(replication, "replica");
    }

    @Override
    public List<String> details() {
      return config.entrySet().stream()
          .map(e -> e.getKey() + "=" + e.getValue() + Quantity.remark(e.getKey(), e.getValue()))
          .toList();
    }
  }

  /**
   * A setting to change.
   *
   * @param topic its topic
   * @param key its Kafka name
   * @param from what it is
   * @param to what it will be
   */
  record Alter(String topic, String key, String from, String to) implements Change {
    @Override
    public char mark() {
      return '~';
    }

    @Override
    public String text() {
      return key
          + ": "
          + from
          + Quantity.remark(key, from)
          + " -> "
          + to
          + Quantity.remark(key, to);
    }
  }

  /**
   * Partitions to add.
   *
   * @param topic its topic
   * @param from how many there are
   * @param to how many there will be
   */
  record Grow(String topic, int from, int to) implements Change {
    @Override
    public char mark() {
      return '~';
    }

    @Override
    public String text() {
      return "partitions: " + from + " -> " + to;
    }
  }

  /**
   * Something to know before going on; the plan can be carried out.
   *
   * @param topic its topic
   * @param text what it is
   */
  record Warn(String topic, String text) implements Change {
    @Override
    public char mark() {
      return '!';
    }
  }

  /**
   * Something this tool never does; the plan is not carried out.
   *
   * @param topic its topic
   * @param text what it is, and what a person can do
   */
  record Refuse(String topic, String text) implements Change {
    @Override
    public char mark() {
      return '!';
    }
  }

  /**
   * A topic that is as it must be.
   *
   * @param topic its name
   */
  record Unchanged(String topic) implements Change {
    @Override
    public char mark() {
      return '=';
    }

    @Override
    public String text() {
      return "as wanted";
    }
  }

  private static String count(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }
}
