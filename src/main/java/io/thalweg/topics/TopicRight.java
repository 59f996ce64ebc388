package io.thalweg.topics;

import java.util.ArrayList;
import java.util.List;

/**
 * What a role may do with one resource of the cluster: least privilege, from what the topic files
 * say of who writes and reads.
 *
 * @param role who, such as {@code solver}
 * @param resource what sort of resource
 * @param name its name, taken literally
 * @param operations what is allowed, by Kafka's names
 */
record TopicRight(String role, Resource resource, String name, List<String> operations) {
  /** Who runs the job. */
  static final String SOLVER = "solver";

  /** A sort of resource, by its names in other tools. */
  enum Resource {
    TOPIC("topic", "topic"),
    GROUP("group", "group"),
    TRANSACTIONAL_ID("transactional-id", "transactionalId");

    final String option;
    final String strimzi;

    Resource(String option, String strimzi) {
      this.option = option;
      this.strimzi = strimzi;
    }
  }

  /** All rights of all roles of a job, in the order of the topics. */
  static List<TopicRight> of(List<TopicSpec> topics, String job) {
    List<TopicRight> rights = new ArrayList<>();
    for (TopicSpec topic : topics) {
      for (String role : topic.writers()) {
        rights.add(topic(role, topic, "Write", "Describe"));
      }
      for (String role : topic.readers()) {
        rights.add(topic(role, topic, "Read", "Describe"));
      }
      // the solver looks at the settings before it trusts a topic
      rights.add(topic(SOLVER, topic, "DescribeConfigs"));
    }
    // the group whose offsets lag tools show, and the one that elects a leader among instances
    for (String group : List.of(job, job + ".leader")) {
      rights.add(new TopicRight(SOLVER, Resource.GROUP, group, List.of("Read", "Describe")));
    }
    rights.add(
        new TopicRight(SOLVER, Resource.TRANSACTIONAL_ID, job, List.of("Write", "Describe")));
    return rights;
  }

  private static TopicRight topic(String role, TopicSpec topic, String... operations) {
    return new TopicRight(role, Resource.TOPIC, topic.name(), List.of(operations));
  }
}
