package io.thalweg.topics;

import io.thalweg.topics.Change.Alter;
import io.thalweg.topics.Change.Create;
import io.thalweg.topics.Change.Grow;
import io.thalweg.topics.Change.Refuse;
import io.thalweg.topics.Change.Unchanged;
import io.thalweg.topics.Change.Warn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The difference between what is wanted and what a cluster has, and what to do about it.
 *
 * @param changes in the order of the wanted topics
 */
public record TopicPlan(List<Change> changes) {
  /** Stands in the place of a topic's name where something is said of all. */
  public static final String CLUSTER = "the cluster";

  /** Settings whose lowering makes the broker delete records; -1 stands for without limit. */
  private static final Set<String> RETENTION = Set.of("retention.ms", "retention.bytes");

  /**
   * Copies the list.
   *
   * @param changes in the order of the wanted topics
   */
  public TopicPlan {
    changes = List.copyOf(changes);
  }

  /**
   * Compares.
   *
   * @param wanted what the topics have to be
   * @param cluster what there is
   * @return the plan; the same whenever it is made of the same
   */
  static TopicPlan of(List<TopicSpec> wanted, ClusterView cluster) {
    List<Change> changes = new ArrayList<>();
    List<TopicSpec> missing = new ArrayList<>();
    for (TopicSpec topic : wanted) {
      ClusterView.@Nullable Found found = cluster.topics().get(topic.name());
      if (found == null) {
        missing.add(topic);
        changes.add(create(topic, cluster.brokers()));
        continue;
      }
      List<Change> own = compare(topic, found, cluster.brokers());
      changes.addAll(own.isEmpty() ? List.of(new Unchanged(topic.name())) : own);
    }
    changes.addAll(fewBrokers(missing, cluster.brokers()));
    return new TopicPlan(changes);
  }

  private static Change create(TopicSpec topic, int brokers) {
    int replication = Math.min(topic.replication(), brokers);
    return new Create(topic.name(), topic.partitions(), replication, topic.configFor(replication));
  }

  /** Said once for all topics, since they share the reason. */
  private static List<Change> fewBrokers(List<TopicSpec> missing, int brokers) {
    int wished = missing.stream().mapToInt(TopicSpec::replication).max().orElse(0);
    if (wished <= brokers) {
      return List.of();
    }
    return List.of(
        new Warn(
            CLUSTER,
            "has "
                + brokers
                + (brokers == 1 ? " broker" : " brokers")
                + ": replication "
                + brokers
                + " instead of "
                + wished
                + ", fit for trying out only"));
  }

  private static List<Change> compare(TopicSpec topic, ClusterView.Found found, int brokers) {
    List<Change> changes = new ArrayList<>();
    partitions(topic, found.partitions(), changes);
    replicas(topic, found.replication(), brokers, changes);
    topic
        .configFor(found.replication())
        .forEach((key, to) -> setting(topic.name(), key, found.config().get(key), to, changes));
    for (String key : new TreeSet<>(found.own())) {
      if (!topic.config().containsKey(key)) {
        changes.add(
            new Warn(
                topic.name(),
                key
                    + "="
                    + found.config().get(key)
                    + " is set on the topic and not in its file; it stays"));
      }
    }
    return changes;
  }

  /** Replicas are moved by whoever knows the brokers' disks. */
  private static void replicas(TopicSpec topic, int found, int brokers, List<Change> changes) {
    int wanted = Math.min(topic.replication(), brokers);
    if (found < wanted) {
      changes.add(
          new Warn(
              topic.name(),
              "has "
                  + found
                  + (found == 1 ? " replica, " : " replicas, ")
                  + wanted
                  + " wanted: kafka-reassign-partitions.sh adds them"));
    }
  }

  private static void partitions(TopicSpec topic, int found, List<Change> changes) {
    String name = topic.name();
    if (found > topic.partitions() && topic.demanded()) {
      changes.add(
          new Refuse(
              name,
              "has "
                  + found
                  + " partitions, "
                  + topic.partitions()
                  + " wanted: Kafka cannot remove partitions; "
                  + (topic.exact()
                      ? "use another topic name, or delete the topic yourself if its records may go"
                      : "ask for at least " + found)));
    }
    if (found < topic.partitions() && topic.demanded()) {
      changes.add(new Grow(name, found, topic.partitions()));
      changes.add(
          new Warn(
              name,
              "more partitions "
                  + (topic.keyed()
                      ? "move keys to other partitions, so the order within a key breaks once; they"
                          + " "
                      : "")
                  + "stop a running job, whose positions cover "
                  + found
                  + " partitions: its restart ends with 65, or with on-data-loss: continue reads"
                  + " the new ones from their beginning"));
    }
  }

  private static void setting(
      String topic, String key, @Nullable String from, String to, List<Change> changes) {
    if (from == null) {
      changes.add(new Warn(topic, key + ": not known to this cluster; it stays unset"));
    } else if (!from.equals(to)) {
      changes.add(
          deletes(key, from, to)
              ? new Warn(
                  topic,
                  key
                      + " stays "
                      + from
                      + ": "
                      + to
                      + " could delete records; to do it all the same, kafka-configs.sh --alter"
                      + " --topic "
                      + topic
                      + " --add-config "
                      + key
                      + "="
                      + to)
              : new Alter(topic, key, from, to));
    }
  }

  private static boolean deletes(String key, String from, String to) {
    if (key.equals("cleanup.policy")) {
      return true;
    }
    if (!RETENTION.contains(key) || to.equals("-1")) {
      return false;
    }
    return from.equals("-1") || Long.parseLong(to) < Long.parseLong(from);
  }

  /**
   * Whether carrying the plan out would change the cluster.
   *
   * @return false when all is as wanted, warnings apart
   */
  public boolean pending() {
    return changes.stream()
        .anyMatch(c -> c instanceof Create || c instanceof Alter || c instanceof Grow);
  }

  /**
   * What this tool refuses to do.
   *
   * @return empty when the plan can be carried out
   */
  public List<Refuse> refusals() {
    return of(Refuse.class);
  }

  /**
   * The changes of one sort.
   *
   * @param <C> the sort
   * @param sort its class
   * @return in the order of the plan
   */
  public <C extends Change> List<C> of(Class<C> sort) {
    return changes.stream().filter(sort::isInstance).map(sort::cast).toList();
  }

  /**
   * The plan as text: a line per change, one more per setting of a new topic, and a sum.
   *
   * @return lines without ends
   */
  public List<String> lines() {
    int width = changes.stream().mapToInt(c -> c.topic().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (Change change : changes) {
      lines.add(
          change.mark()
              + " "
              + change.topic()
              + " ".repeat(width - change.topic().length() + 2)
              + change.text());
      for (String detail : change.details()) {
        lines.add(change.mark() + " ".repeat(width + 3) + detail);
      }
    }
    lines.add(
        of(Create.class).size()
            + " to create, "
            + (of(Alter.class).size() + of(Grow.class).size())
            + " to change, "
            + of(Unchanged.class).size()
            + " as wanted, "
            + (of(Warn.class).size() + refusals().size())
            + " to know");
    return lines;
  }
}
