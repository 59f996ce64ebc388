package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.TopicNames;
import io.thalweg.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the broker whether a job could run: reachable, topics there, settings and sizes right. */
final class BrokerCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Bytes of a snapshot beside its vectors: offsets, metrics, ledger. */
  private static final long SNAPSHOT_FRAME = 64 * 1024;

  /** Bytes of one entry in base64, with room for its name and value in user units. */
  private static final long SNAPSHOT_ENTRY = 64;

  private BrokerCheck() {}

  /**
   * Everything that stands in the way.
   *
   * @throws UserError when the broker does not answer or refuses us
   */
  static List<String> findings(JobConfig job, Problem problem) throws InterruptedException {
    try (Admin admin = Cluster.connect(job.kafka().values())) {
      return topics(job, problem, admin);
    } catch (KafkaException e) {
      throw KafkaErrors.userError(e, job.kafka().bootstrap());
    }
  }

  private static List<String> topics(JobConfig job, Problem problem, Admin admin)
      throws InterruptedException {
    Map<String, String> single = new LinkedHashMap<>();
    TopicNames names = job.topics();
    single.put(names.snapshots(), "compact");
    single.put(names.checkpoints(), "compact");
    single.put(names.control(), "");
    single.put(names.deadLetters(), "");
    Set<String> all = new LinkedHashSet<>();
    String one = job.samples().topic();
    all.addAll(one == null ? List.of(names.train(), names.validation()) : List.of(one));
    all.addAll(single.keySet());

    Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(all).topicNameValues();
    List<String> findings = new ArrayList<>();
    List<String> there = new ArrayList<>();
    for (String topic : all) {
      KafkaFuture<TopicDescription> description = asked.get(topic);
      try {
        int partitions = description == null ? 0 : answered(job, description).partitions().size();
        there.add(topic);
        if (single.containsKey(topic) && partitions != 1) {
          findings.add(
              "topic " + topic + ": expected 1 partition (its order matters), found " + partitions);
        }
      } catch (MissingTopic e) {
        findings.add("topic " + topic + " does not exist: run thalweg topics apply -c FILE");
      }
    }
    settings(job, problem, admin, single, there, findings);
    return findings;
  }

  private static void settings(
      JobConfig job,
      Problem problem,
      Admin admin,
      Map<String, String> single,
      List<String> there,
      List<String> findings)
      throws InterruptedException {
    List<ConfigResource> resources =
        there.stream()
            .filter(single::containsKey)
            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
            .toList();
    Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(resources).values();
    for (ConfigResource resource : resources) {
      KafkaFuture<Config> answer = asked.get(resource);
      if (answer == null) {
        continue;
      }
      Config config;
      try {
        config = answered(job, answer);
      } catch (MissingTopic e) {
        continue; // deleted since
      }
      String topic = resource.name();
      String policy = value(config, "cleanup.policy");
      String wanted = single.getOrDefault(topic, "");
      if (!wanted.isEmpty() && !policy.contains(wanted)) {
        findings.add(
            "topic " + topic + ": expected cleanup.policy=" + wanted + ", found " + policy);
      }
      if (topic.equals(job.topics().snapshots())) {
        long most = Long.parseLong(value(config, "max.message.bytes"));
        long entries = (long) problem.upperDim() + problem.lowerDim();
        long needed = SNAPSHOT_FRAME + SNAPSHOT_ENTRY * entries;
        if (needed > most) {
          findings.add(
              "topic "
                  + topic
                  + ": a snapshot of "
                  + entries
                  + " coordinates may need "
                  + needed
                  + " bytes, but max.message.bytes is "
                  + most);
        }
      }
    }
  }

  private static String value(Config config, String key) {
    ConfigEntry entry = config.get(key);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  private static <T> T answered(JobConfig job, KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new MissingTopic();
      }
      throw KafkaErrors.userError(e, job.kafka().bootstrap());
    } catch (TimeoutException e) {
      throw KafkaErrors.unreachable(
          job.kafka().bootstrap(), "waited " + PATIENCE.toSeconds() + " s", e);
    }
  }

  /** A topic that is not there. */
  private static final class MissingTopic extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingTopic() {
      super("missing topic", null, false, false);
    }
  }
}
