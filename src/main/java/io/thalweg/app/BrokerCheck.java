package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.RecordRoom;
import io.thalweg.kafka.SinkTopics;
import io.thalweg.problem.Problem;
import io.thalweg.topics.Change;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicException;
import io.thalweg.topics.TopicKind;
import io.thalweg.topics.TopicPlan;
import io.thalweg.topics.TopicSpec;
import io.thalweg.topics.TopicsTool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Asks the broker whether a job could run: reachable, topics there, settings and sizes right. */
final class BrokerCheck {
  /**
   * What the broker says.
   *
   * @param wrong what stands in the way
   * @param odd what differs from the topics folder and may be meant so
   */
  record Findings(List<String> wrong, List<String> odd) {}

  private BrokerCheck() {}

  /**
   * Asks.
   *
   * @param file the job file, for the command to type
   * @throws UserError when the broker does not answer or refuses us
   */
  static Findings of(JobConfig job, Problem problem, String file) throws InterruptedException {
    List<TopicSpec> wanted = WantedTopics.of(job, TopicCatalog.builtIn());
    try (Admin admin = Cluster.connect(job.kafka().values())) {
      TopicPlan plan = TopicsTool.plan(admin, wanted);
      Findings findings = sorted(plan, wanted, file);
      Set<String> existing = existing(plan, wanted);
      SinkTopics topics = Wiring.sinkTopics(job);
      if (existing.containsAll(List.of(topics.snapshots(), topics.checkpoints()))) {
        RecordRoom room = RecordRoom.ask(new KafkaSettings(job.kafka().values()), topics);
        findings.wrong.addAll(room.complaints(Wiring.publishing(job, problem), topics));
      }
      return findings;
    } catch (KafkaException e) {
      throw KafkaErrors.userError(e, job.kafka().bootstrap());
    } catch (TopicException e) {
      throw new UserError(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  private static Set<String> existing(TopicPlan plan, List<TopicSpec> wanted) {
    Set<String> existing = new HashSet<>();
    wanted.forEach(topic -> existing.add(topic.name()));
    for (Change change : plan.changes()) {
      if (change instanceof Change.Create) {
        existing.remove(change.topic());
      }
    }
    return existing;
  }

  private static Findings sorted(TopicPlan plan, List<TopicSpec> wanted, String file) {
    List<String> wrong = new ArrayList<>();
    List<String> odd = new ArrayList<>();
    for (Change change : plan.changes()) {
      String line =
          change.topic().equals(TopicPlan.CLUSTER)
              ? change.topic() + " " + change.text()
              : "topic " + change.topic() + ": " + change.text();
      if (change instanceof Change.Create) {
        wrong.add(
            "topic "
                + change.topic()
                + " does not exist: create it with thalweg topics apply -c "
                + file);
      } else if (change instanceof Change.Refuse || losesRecords(change, wanted)) {
        wrong.add(line);
      } else if (!(change instanceof Change.Unchanged)) {
        odd.add(line);
      }
    }
    return new Findings(wrong, odd);
  }

  /** A topic whose latest record must stay, without compaction. */
  private static boolean losesRecords(Change change, List<TopicSpec> wanted) {
    return change.text().startsWith("cleanup.policy")
        && wanted.stream()
            .anyMatch(
                topic ->
                    topic.name().equals(change.topic())
                        && (topic.kind() == TopicKind.SNAPSHOTS
                            || topic.kind() == TopicKind.CHECKPOINTS));
  }
}
