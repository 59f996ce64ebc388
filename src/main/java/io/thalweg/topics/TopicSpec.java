package io.thalweg.topics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one topic has to be.
 *
 * @param kind what it is for
 * @param name name on the cluster
 * @param partitions partitions it gets when it is created, at least 1
 * @param demanded whether an existing topic must have that many partitions too; otherwise any
 *     number will do
 * @param exact whether more partitions than that break an order that readers rely on
 * @param replication replicas it gets when it is created, as far as there are brokers
 * @param keyed whether its records have keys that bind them to a partition
 * @param config settings by their Kafka names
 * @param writers roles that write
 * @param readers roles that read
 */
public record TopicSpec(
    TopicKind kind,
    String name,
    int partitions,
    boolean demanded,
    boolean exact,
    int replication,
    boolean keyed,
    SortedMap<String, String> config,
    List<String> writers,
    List<String> readers) {
  /**
   * Checks the figures and copies the collections.
   *
   * @param kind what it is for
   * @param name name on the cluster
   * @param partitions partitions it gets when it is created, at least 1
   * @param demanded whether an existing topic must have that many partitions too; otherwise any
   *     number will do
   * @param exact whether more partitions than that break an order that readers rely on
   * @param replication replicas it gets when it is created, as far as there are brokers
   * @param keyed whether its records have keys that bind them to a partition
   * @param config settings by their Kafka names
   * @param writers roles that write
   * @param readers roles that read
   */
  public TopicSpec {
    if (partitions < 1) {
      throw new TopicException(name + ": partitions must be at least 1, but was " + partitions);
    }
    if (replication < 1 || replication > Short.MAX_VALUE) {
      throw new TopicException(name + ": replication must be at least 1, but was " + replication);
    }
    config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    writers = List.copyOf(writers);
    readers = List.copyOf(readers);
  }

  /**
   * This topic under another name.
   *
   * @param other name on the cluster
   * @return a copy
   */
  public TopicSpec named(String other) {
    return new TopicSpec(
        kind, other, partitions, demanded, exact, replication, keyed, config, writers, readers);
  }

  /**
   * This topic with a number of partitions that an existing topic must have as well. A kind whose
   * order depends on one partition keeps it.
   *
   * @param count partitions
   * @return a copy
   */
  public TopicSpec withPartitions(int count) {
    return exact
        ? this
        : new TopicSpec(
            kind, name, count, true, false, replication, keyed, config, writers, readers);
  }

  /**
   * This topic with another number of replicas.
   *
   * @param replicas replicas
   * @return a copy
   */
  public TopicSpec withReplication(int replicas) {
    return new TopicSpec(
        kind, name, partitions, demanded, exact, replicas, keyed, config, writers, readers);
  }

  /**
   * The settings as they can hold with fewer replicas than wished: {@code min.insync.replicas}
   * leaves one replica free to fail, but is never below 1. With more in-sync replicas demanded than
   * there are, nobody could write.
   *
   * @param replicas replicas the topic has or will have
   * @return the settings
   */
  Map<String, String> configFor(int replicas) {
    SortedMap<String, String> fitted = new TreeMap<>(config);
    fitted.computeIfPresent(
        "min.insync.replicas",
        (key, wished) ->
            String.valueOf(Math.min(Integer.parseInt(wished), Math.max(1, replicas - 1))));
    return fitted;
  }
}
