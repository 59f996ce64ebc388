package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the broker says about topics. */
public final class Topics {
  /**
   * One topic as the broker knows it.
   *
   * @param name its name
   * @param id the broker's id of it; a topic deleted and made anew has another
   * @param partitions how many
   */
  public record Found(String name, String id, int partitions) {}

  private Topics() {}

  /**
   * Looks topics up and refuses when one is missing.
   *
   * @param kafka settings
   * @param names the topics that must exist
   * @return name to topic, sorted by name
   * @throws KafkaFailure naming all that are missing and the command that makes them, or saying
   *     that no broker answers within 10 seconds
   */
  public static Map<String, Found> require(KafkaSettings kafka, Collection<String> names) {
    try (Admin admin = open(kafka)) {
      return require(admin, kafka, names);
    }
  }

  /**
   * The same for topics whose records have one order, which those of several partitions have not: a
   * reader would miss what lies in the others, and two instances would each be given a seat.
   *
   * @param kafka settings
   * @param names the topics that must exist, with one partition each
   * @return name to topic, sorted by name
   * @throws KafkaFailure as {@link #require(KafkaSettings, Collection)}, or naming a topic that has
   *     more partitions
   */
  public static Map<String, Found> requireOrdered(KafkaSettings kafka, Collection<String> names) {
    try (Admin admin = open(kafka)) {
      return requireOrdered(admin, kafka, names);
    }
  }

  static Map<String, Found> requireOrdered(
      Admin admin, KafkaSettings kafka, Collection<String> names) {
    return ordered(require(admin, kafka, names));
  }

  private static Map<String, Found> ordered(Map<String, Found> found) {
    for (Found topic : found.values()) {
      if (topic.partitions() != 1) {
        throw new KafkaFailure(
            Category.MISSING_TOPIC,
            "topic "
                + topic.name()
                + " must have 1 partition, so that its records have one order, but has "
                + topic.partitions()
                + ": no partition can be taken away, so give the job another topic, or delete this"
                + " one and make it anew with: thalweg topics apply -c JOB_FILE");
      }
    }
    return found;
  }

  static Admin open(KafkaSettings kafka) {
    try {
      return Admin.create(kafka.admin());
    } catch (RuntimeException e) {
      throw Failures.of(e, "connecting to " + kafka.bootstrapServers());
    }
  }

  /**
   * The same for one topic and one use of it.
   *
   * @param right what is missing when the broker does not even tell us of it
   */
  static Map<String, Found> require(KafkaSettings kafka, String name, MissingRight right) {
    try (Admin admin = open(kafka)) {
      return require(admin, kafka, List.of(name), right.operation());
    }
  }

  /**
   * The same for a topic whose records have one order.
   *
   * @param right what the use of it needs
   */
  static Map<String, Found> requireOrdered(KafkaSettings kafka, String name, MissingRight right) {
    return ordered(require(kafka, name, right));
  }

  static Map<String, Found> require(Admin admin, KafkaSettings kafka, Collection<String> names) {
    return require(admin, kafka, names, "Describe");
  }

  private static Map<String, Found> require(
      Admin admin, KafkaSettings kafka, Collection<String> names, String operation) {
    Map<String, Found> found = find(admin, kafka, names, operation);
    TreeSet<String> missing = new TreeSet<>(names);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      throw new KafkaFailure(
          Category.MISSING_TOPIC,
          "missing at "
              + kafka.bootstrapServers()
              + ": topic"
              + (missing.size() > 1 ? "s " : " ")
              + String.join(", ", missing)
              + "; topics are never created on the side, make them with: thalweg topics apply -c JOB_FILE");
    }
    return found;
  }

  /** Those of the topics that exist. */
  static Map<String, Found> find(Admin admin, KafkaSettings kafka, Collection<String> names) {
    return find(admin, kafka, names, "Describe");
  }

  private static Map<String, Found> find(
      Admin admin, KafkaSettings kafka, Collection<String> names, String operation) {
    Map<String, Found> found = new TreeMap<>();
    TreeSet<String> refused = new TreeSet<>();
    String doing = "asking " + kafka.bootstrapServers() + " for its topics";
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(names).topicNameValues();
    answers.forEach(
        (name, answer) -> {
          try {
            TopicDescription topic = answer.get();
            found.put(name, new Found(name, topic.topicId().toString(), topic.partitions().size()));
          } catch (Exception e) {
            rethrowInterrupt(e, doing);
            if (Failures.causedBy(e, TopicAuthorizationException.class)) {
              refused.add(name);
            } else if (!Failures.causedBy(e, UnknownTopicOrPartitionException.class)) {
              throw Failures.of(Failures.unwrap(e), doing);
            }
          }
        });
    if (!refused.isEmpty()) {
      throw Failures.of(
          new TopicAuthorizationException(refused), doing, new MissingRight(operation, refused));
    }
    return found;
  }

  /** The lanes of topics, sorted. */
  static List<Lane> lanes(Collection<Found> topics) {
    List<Lane> lanes = new ArrayList<>();
    for (Found topic : topics) {
      for (int p = 0; p < topic.partitions(); p++) {
        lanes.add(new Lane(topic.name(), p));
      }
    }
    lanes.sort(null);
    return lanes;
  }

  /** One offset of each lane, in their order. */
  static long[] offsets(Admin admin, KafkaSettings kafka, List<Lane> lanes, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> query = new HashMap<>();
    for (Lane lane : lanes) {
      query.put(partition(lane), which);
    }
    String doing = "asking " + kafka.bootstrapServers() + " for offsets";
    try {
      var answers = admin.listOffsets(query).all().get();
      long[] offsets = new long[lanes.size()];
      for (int i = 0; i < offsets.length; i++) {
        var answer = answers.get(partition(lanes.get(i)));
        if (answer == null) {
          throw new IllegalStateException("no offset for " + lanes.get(i));
        }
        offsets[i] = answer.offset();
      }
      return offsets;
    } catch (Exception e) {
      rethrowInterrupt(e, doing);
      throw Failures.of(Failures.unwrap(e), doing);
    }
  }

  static TopicPartition partition(Lane lane) {
    return new TopicPartition(lane.topic(), lane.partition());
  }

  private static void rethrowInterrupt(Exception e, String doing) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      throw new KafkaFailure(Category.RESTARTABLE, doing + " was interrupted", e);
    }
  }
}
