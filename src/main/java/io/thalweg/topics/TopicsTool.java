package io.thalweg.topics;

import io.thalweg.topics.Change.Alter;
import io.thalweg.topics.Change.Create;
import io.thalweg.topics.Change.Grow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Plans and carries out: creates what is missing, changes settings, adds partitions. Never deletes
 * a topic, a partition or a record. Doing it twice does nothing the second time.
 */
public final class TopicsTool {
  private static final long LEADERS_WITHIN_SECONDS = 60;
  private static final long SHOWN_WITHIN_SECONDS = 20;
  private static final long ANSWER_WITHIN_SECONDS = 60;

  private TopicsTool() {}

  /**
   * Compares the cluster with what is wanted.
   *
   * @param admin a client, left open
   * @param wanted what the topics have to be
   * @return the plan
   * @throws KafkaException what the cluster answered
   */
  public static TopicPlan plan(Admin admin, List<TopicSpec> wanted) {
    return TopicPlan.of(wanted, view(admin, wanted));
  }

  /**
   * Makes the cluster what is wanted and waits until every partition of a new topic answers through
   * its leader.
   *
   * @param admin a client, left open
   * @param wanted what the topics have to be
   * @return the plan that was carried out
   * @throws TopicException when the plan holds a refusal; nothing was changed then
   * @throws KafkaException what the cluster answered
   */
  public static TopicPlan apply(Admin admin, List<TopicSpec> wanted) {
    TopicPlan plan = plan(admin, wanted);
    apply(admin, wanted, plan);
    return plan;
  }

  /**
   * Carries a plan out, and waits until the cluster shows it.
   *
   * @param admin a client, left open
   * @param wanted what the plan was made for
   * @param plan from {@link #plan}
   * @throws TopicException when the plan holds a refusal; nothing was changed then
   * @throws KafkaException what the cluster answered
   */
  public static void apply(Admin admin, List<TopicSpec> wanted, TopicPlan plan) {
    if (!plan.refusals().isEmpty()) {
      Change.Refuse first = plan.refusals().get(0);
      throw new TopicException(first.topic() + " " + first.text());
    }
    create(admin, plan.of(Create.class));
    alter(admin, plan.of(Alter.class));
    grow(admin, plan.of(Grow.class));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SHOWN_WITHIN_SECONDS);
    while (plan.pending() && plan(admin, wanted).pending() && System.nanoTime() < until) {
      pause();
    }
  }

  private static void create(Admin admin, List<Create> missing) {
    Map<String, KafkaFuture<Void>> created =
        admin
            .createTopics(
                missing.stream()
                    .map(
                        c ->
                            new NewTopic(c.topic(), c.partitions(), (short) c.replication())
                                .configs(c.config()))
                    .toList())
            .values();
    Map<String, Integer> partitions = new TreeMap<>();
    for (Create topic : missing) {
      KafkaFuture<Void> done = created.get(topic.topic());
      try {
        if (done != null) {
          get(done);
        }
      } catch (TopicExistsException somebodyElseWasFaster) {
        // the same tool in another place, or a producer: what is wanted is there
      } catch (AuthorizationException e) {
        throw missing("Create", missing.stream().map(Create::topic).toList());
      }
      partitions.put(topic.topic(), topic.partitions());
    }
    awaitLeaders(admin, partitions);
  }

  private static void alter(Admin admin, List<Alter> changes) {
    Map<ConfigResource, Collection<AlterConfigOp>> operations = new HashMap<>();
    for (Alter change : changes) {
      operations
          .computeIfAbsent(resource(change.topic()), r -> new ArrayList<>())
          .add(new AlterConfigOp(new ConfigEntry(change.key(), change.to()), OpType.SET));
    }
    try {
      get(admin.incrementalAlterConfigs(operations).all());
    } catch (AuthorizationException e) {
      throw missing("AlterConfigs", changes.stream().map(Alter::topic).toList());
    }
  }

  private static void grow(Admin admin, List<Grow> changes) {
    Map<String, NewPartitions> counts = new HashMap<>();
    Map<String, Integer> partitions = new TreeMap<>();
    for (Grow change : changes) {
      counts.put(change.topic(), NewPartitions.increaseTo(change.to()));
      partitions.put(change.topic(), change.to());
    }
    try {
      get(admin.createPartitions(counts).all());
    } catch (AuthorizationException e) {
      throw missing("Alter", partitions.keySet());
    }
    awaitLeaders(admin, partitions);
  }

  /**
   * Waits until the leader of each partition tells its end offset. To know the leader's name is not
   * enough: a producer with several requests in flight that meets a leader which is not ready yet
   * can lose its first batch for good, because a later one is accepted before the first is retried.
   */
  private static void awaitLeaders(Admin admin, Map<String, Integer> partitions) {
    Map<TopicPartition, OffsetSpec> lanes = new HashMap<>();
    partitions.forEach(
        (topic, count) -> {
          for (int p = 0; p < count; p++) {
            lanes.put(new TopicPartition(topic, p), OffsetSpec.latest());
          }
        });
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEADERS_WITHIN_SECONDS);
    while (!lanes.isEmpty()) {
      try {
        get(admin.listOffsets(lanes).all());
        return;
      } catch (RetriableException notYet) {
        if (System.nanoTime() > until) {
          throw notYet;
        }
        pause();
      }
    }
  }

  private static ClusterView view(Admin admin, List<TopicSpec> wanted) {
    int brokers = get(admin.describeCluster().nodes()).size();
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(wanted.stream().map(TopicSpec::name).toList()).topicNameValues();
    Map<String, TopicDescription> existing = new TreeMap<>();
    Set<String> hidden = new TreeSet<>();
    described.forEach(
        (name, future) -> {
          try {
            existing.put(name, get(future));
          } catch (UnknownTopicOrPartitionException missing) {
            // to be created
          } catch (AuthorizationException e) {
            hidden.add(name);
          }
        });
    if (!hidden.isEmpty()) {
      throw missing("Describe", hidden);
    }
    Map<ConfigResource, Config> configs = configs(admin, existing.keySet());
    Map<String, ClusterView.Found> found = new TreeMap<>();
    existing.forEach(
        (name, topic) -> {
          Map<String, String> settings = new TreeMap<>();
          Set<String> own = new TreeSet<>();
          Config config = configs.get(resource(name));
          if (config != null) {
            for (ConfigEntry entry : config.entries()) {
              settings.put(entry.name(), entry.value());
              if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                own.add(entry.name());
              }
            }
          }
          int replication = topic.partitions().get(0).replicas().size();
          found.put(
              name, new ClusterView.Found(topic.partitions().size(), replication, settings, own));
        });
    return new ClusterView(brokers, found);
  }

  private static Map<ConfigResource, Config> configs(Admin admin, Set<String> topics) {
    Map<ConfigResource, Config> configs = new HashMap<>();
    Set<String> hidden = new TreeSet<>();
    admin
        .describeConfigs(topics.stream().map(TopicsTool::resource).toList())
        .values()
        .forEach(
            (resource, future) -> {
              try {
                configs.put(resource, get(future));
              } catch (AuthorizationException e) {
                hidden.add(resource.name());
              }
            });
    if (!hidden.isEmpty()) {
      throw missing("DescribeConfigs", hidden);
    }
    return configs;
  }

  /** A broker says that it refuses, not what is missing. */
  private static AuthorizationException missing(String operation, Collection<String> topics) {
    Set<String> names = new TreeSet<>(topics);
    return new AuthorizationException(
        "the right "
            + operation
            + (names.size() == 1 ? " on topic " : " on topics ")
            + String.join(", ", names)
            + " is missing"
            + (operation.startsWith("Describe") ? "" : ": that is for an administrator"));
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException answer) {
        throw answer;
      }
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "no answer within " + ANSWER_WITHIN_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }
}
