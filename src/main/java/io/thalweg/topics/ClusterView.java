package io.thalweg.topics;

import java.util.Map;
import java.util.Set;

/**
 * What a cluster has, as far as a plan needs it.
 *
 * @param brokers number of brokers
 * @param topics the wanted topics that exist, by name
 */
record ClusterView(int brokers, Map<String, Found> topics) {
  /**
   * A topic that exists.
   *
   * @param partitions number of partitions
   * @param replication replicas of its first partition
   * @param config settings in force, those of the cluster included
   * @param own names of the settings that were made on the topic itself
   */
  record Found(int partitions, int replication, Map<String, String> config, Set<String> own) {}
}
