package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.problem.Problem;
import io.thalweg.topics.Change;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicException;
import io.thalweg.topics.TopicKind;
import io.thalweg.topics.TopicPlan;
import io.thalweg.topics.TopicSpec;
import io.thalweg.topics.TopicsTool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/** Asks the broker whether a job could run: reachable, topics there, settings and sizes right. */
final class BrokerCheck {
  private static final long ANSWER_WITHIN_SECONDS = 30;

  /** Bytes of a snapshot beside its vectors: offsets, metrics, ledger. */
  private static final long SNAPSHOT_FRAME = 64 * 1024;

  /** Bytes of one upper coordinate: base64, and its name and value in user units. */
  private static final long UPPER_ENTRY = 64;

  /** Bytes of one lower coordinate in base64, rounded up. */
  private static final long LOWER_ENTRY = 11;

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
      Findings findings = sorted(TopicsTool.plan(admin, wanted), wanted, file);
      for (TopicSpec topic : wanted) {
        if (topic.kind() == TopicKind.SNAPSHOTS
            && findings.wrong.stream().noneMatch(line -> line.contains(topic.name()))) {
          sizes(job, problem, admin, topic.name(), findings.wrong);
        }
      }
      return findings;
    } catch (KafkaException e) {
      throw KafkaErrors.userError(e, job.kafka().bootstrap());
    } catch (TopicException e) {
      throw new UserError(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  private static Findings sorted(TopicPlan plan, List<TopicSpec> wanted, String file) {
    List<String> wrong = new ArrayList<>();
    List<String> odd = new ArrayList<>();
    for (Change change : plan.changes()) {
      String line = "topic " + change.topic() + ": " + change.text();
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

  private static void sizes(
      JobConfig job, Problem problem, Admin admin, String topic, List<String> wrong)
      throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config =
          admin
              .describeConfigs(List.of(resource))
              .all()
              .get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
              .get(resource);
      ConfigEntry limit = config == null ? null : config.get("max.message.bytes");
      long needed =
          SNAPSHOT_FRAME
              + UPPER_ENTRY * problem.upperDim()
              + LOWER_ENTRY * (long) problem.lowerDim();
      if (limit != null && limit.value() != null && needed > Long.parseLong(limit.value())) {
        wrong.add(
            "topic "
                + topic
                + ": a snapshot of "
                + ((long) problem.upperDim() + problem.lowerDim())
                + " coordinates may need "
                + needed
                + " bytes, but max.message.bytes is "
                + limit.value());
      }
    } catch (ExecutionException e) {
      throw KafkaErrors.userError(e, job.kafka().bootstrap());
    } catch (TimeoutException e) {
      throw KafkaErrors.unreachable(
          job.kafka().bootstrap(), "waited " + ANSWER_WITHIN_SECONDS + " s", e);
    }
  }
}
