package io.thalweg.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
      out.append("---\n");
      out.append("apiVersion: kafka.strimzi.io/").append(api).append('\n');
      out.append("kind: KafkaTopic\n");
      out.append("metadata:\n");
      out.append("  name: ").append(resourceName(topic.name())).append('\n');
      out.append("  labels:\n");
      out.append("    strimzi.io/cluster: ").append(cluster).append('\n');
      out.append("spec:\n");
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
    List<String> lines = new ArrayList<>();
    Map<String, String> known = new TreeMap<>(principals);
    for (TopicSpec topic : topics) {
      for (String role : topic.writers()) {
        lines.add(
            rights(
                bootstrap,
                principal(known, job, role),
                "--topic " + topic.name(),
                "Write",
                "Describe"));
      }
      for (String role : topic.readers()) {
        lines.add(
            rights(
                bootstrap,
                principal(known, job, role),
                "--topic " + topic.name(),
                "Read",
                "Describe"));
      }
      // the solver looks at the settings before it trusts a topic
      lines.add(
          rights(
              bootstrap,
              principal(known, job, "solver"),
              "--topic " + topic.name(),
              "DescribeConfigs"));
    }
    // the group whose offsets lag tools show, and the one that elects a leader among instances
    for (String group : List.of(job, job + ".leader")) {
      lines.add(
          rights(
              bootstrap, principal(known, job, "solver"), "--group " + group, "Read", "Describe"));
    }
    lines.add(
        rights(
            bootstrap,
            principal(known, job, "solver"),
            "--transactional-id " + job,
            "Write",
            "Describe"));
    return String.join("\n", lines) + "\n";
  }

  private static String principal(Map<String, String> principals, String job, String role) {
    return principals.getOrDefault(role, "User:" + job + "-" + role);
  }

  private static String rights(
      String bootstrap, String principal, String on, String... operations) {
    return "kafka-acls.sh --bootstrap-server "
        + bootstrap
        + " --add --allow-principal '"
        + principal
        + "' --operation "
        + String.join(" --operation ", operations)
        + " "
        + on;
  }
}
