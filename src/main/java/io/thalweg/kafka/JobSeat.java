package io.thalweg.kafka;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;

/** Who leads a job, by the group of its {@link LeaderElection}; asks the brokers, and blocks. */
public final class JobSeat implements AutoCloseable {
  private static final int WITHIN_MILLIS = 4_000;

  private final Admin admin;
  private final String group;

  /**
   * A client; nothing is asked yet.
   *
   * @param kafka settings
   * @param job whose
   */
  public JobSeat(KafkaSettings kafka, String job) {
    this.admin = Topics.open(kafka);
    this.group = LeaderElection.group(job);
  }

  /**
   * Asks.
   *
   * @return the name of the instance that leads, or its host where it has no name; empty where none
   *     does or no broker says so
   * @throws InterruptedException when this thread is to end
   */
  public String leader() throws InterruptedException {
    try {
      return admin
          .describeConsumerGroups(
              List.of(group), new DescribeConsumerGroupsOptions().timeoutMs(WITHIN_MILLIS))
          .all()
          .get()
          .values()
          .stream()
          .flatMap(described -> described.members().stream())
          .filter(member -> !member.assignment().topicPartitions().isEmpty())
          .map(JobSeat::name)
          .findFirst()
          .orElse("");
    } catch (ExecutionException | KafkaException e) {
      return "";
    }
  }

  private static String name(MemberDescription member) {
    return member.groupInstanceId().orElse("an instance at " + member.host().replace("/", ""));
  }

  @Override
  public void close() {
    admin.close();
  }
}
