package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Says before a job begins which of its topics are missing: all at once, not one per attempt. */
final class RequiredTopics {
  private RequiredTopics() {}

  /**
   * Connects and looks.
   *
   * @param file the job file, for the command to type
   * @throws UserError when no broker answers, or with every topic that is missing
   */
  static void check(JobConfig job, String file) throws InterruptedException {
    List<String> names =
        WantedTopics.of(job, TopicCatalog.builtIn()).stream().map(TopicSpec::name).toList();
    TreeSet<String> missing = new TreeSet<>();
    try (Admin admin = Cluster.connect(job.kafka().values())) {
      Map<String, KafkaFuture<TopicDescription>> answers =
          admin.describeTopics(names).topicNameValues();
      for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
        try {
          answer.getValue().get();
        } catch (ExecutionException e) {
          if (e.getCause() instanceof UnknownTopicOrPartitionException) {
            missing.add(answer.getKey());
          } // what else stands in the way the run itself finds, and says better
        }
      }
    }
    if (!missing.isEmpty()) {
      throw KafkaErrors.missingTopics(
          missing, job.kafka().bootstrap(), "thalweg topics apply -c " + file);
    }
  }
}
