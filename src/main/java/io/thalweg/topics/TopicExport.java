package io.thalweg.topics;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The same topics in the words of other tools. */
public final class TopicExport {
  private TopicExport() {}

  /**
   * Strimzi {@code KafkaTopic} resources.
   *
   * @param topics what the topics have to be
   * @param cluster name of the Strimzi cluster
   * @param api version of the resources, {@code v1} (since Strimzi 0.49) or {@code v1beta2}
   * @return YAML documents
   */
  public static String strimzi(List<TopicSpec> topics, String cluster, String api) {
    StringBuilder out = new StringBuilder();
    for (TopicSpec topic : topics) {
      head(out, "KafkaTopic", resourceName(topic.name()), cluster, api);
      out.append("  topicName: ").append(topic.name()).append('\n');
      out.append("  partitions: ").append(topic.partitions()).append('\n');
      out.append("  replicas: ").append(topic.replication()).append('\n');
      out.append("  config:\n");
      topic
          .configFor(topic.replication())
          .forEach(
              (key, value) ->
                  out.append("    ").append(key).append(": \"").append(value).append("\"\n"));
    }
    return out.toString();
  }

  /** Kubernetes takes lower case letters, digits, dots and dashes. */
  private static String resourceName(String topic) {
    return topic.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /**
   * Commands for {@code kafka-topics.sh}.
   *
   * @param topics what the topics have to be
   * @param bootstrap where the cluster is
   * @return shell lines
   */
  public static String kafkaTopics(List<TopicSpec> topics, String bootstrap) {
    StringBuilder out = new StringBuilder();
    for (TopicSpec topic : topics) {
      out.append("kafka-topics.sh --bootstrap-server ").append(bootstrap);
      out.append(" --create --if-not-exists --topic ").append(topic.name());
      out.append(" --partitions ").append(topic.partitions());
      out.append(" --replication-factor ").append(topic.replication());
      topic
          .configFor(topic.replication())
          .forEach(
              (key, value) -> out.append(" \\\n  --config ").append(key).append('=').append(value));
      out.append('\n');
    }
    return out.toString();
  }

  /**
   * Least-privilege rights, as commands for {@code kafka-acls.sh}. Each role is a principal {@code
   * User:<job>-<role>} unless given another one.
   *
   * @param topics what the topics have to be
   * @param bootstrap where the cluster is
   * @param job name of the job, which is its consumer group and its transactional id too
   * @param principals principals of roles, such as solver → {@code User:CN=thalweg}
   * @return shell lines
   */
  public static String acls(
      List<TopicSpec> topics, String bootstrap, String job, Map<String, String> principals) {
    StringBuilder out = new StringBuilder();
    for (TopicRight right : TopicRight.of(topics, job)) {
      out.append("kafka-acls.sh --bootstrap-server ").append(bootstrap);
      out.append(" --add --allow-principal '")
          .append(principals.getOrDefault(right.role(), "User:" + job + "-" + right.role()));
      out.append("' --operation ").append(String.join(" --operation ", right.operations()));
      out.append(" --").append(right.resource().option).append(' ').append(right.name());
      out.append('\n');
    }
    return out.toString();
  }

  /**
   * Strimzi {@code KafkaUser} resources: a user per role, {@code <job>-<role>}, with the rights of
   * {@link #acls} and nothing else.
   *
   * @param topics what the topics have to be
   * @param job name of the job
   * @param cluster name of the Strimzi cluster
   * @param api version of the resources, {@code v1} (since Strimzi 0.49) or {@code v1beta2}
   * @param authentication how the users log in, {@code scram-sha-512} or {@code tls}
   * @return YAML documents
   */
  public static String strimziUsers(
      List<TopicSpec> topics, String job, String cluster, String api, String authentication) {
    Map<String, Map<String, Set<String>>> users = new LinkedHashMap<>();
    for (TopicRight right : TopicRight.of(topics, job)) {
      String resource =
          "{type: "
              + right.resource().strimzi
              + ", name: "
              + right.name()
              + ", patternType: literal}";
      users
          .computeIfAbsent(right.role(), role -> new LinkedHashMap<>())
          .computeIfAbsent(resource, r -> new LinkedHashSet<>())
          .addAll(right.operations());
    }
    StringBuilder out = new StringBuilder();
    users.forEach(
        (role, rights) -> {
          head(out, "KafkaUser", resourceName(job + "-" + role), cluster, api);
          out.append("  authentication:\n    type: ").append(authentication).append('\n');
          out.append("  authorization:\n    type: simple\n    acls:\n");
          rights.forEach(
              (resource, operations) ->
                  out.append("      - resource: ")
                      .append(resource)
                      .append("\n        operations: [")
                      .append(String.join(", ", operations))
                      .append("]\n"));
        });
    return out.toString();
  }

  private static void head(
      StringBuilder out, String kind, String name, String cluster, String api) {
    out.append("---\n");
    out.append("apiVersion: kafka.strimzi.io/").append(api).append('\n');
    out.append("kind: ").append(kind).append('\n');
    out.append("metadata:\n");
    out.append("  name: ").append(name).append('\n');
    out.append("  labels:\n");
    out.append("    strimzi.io/cluster: ").append(cluster).append('\n');
    out.append("spec:\n");
  }
}
