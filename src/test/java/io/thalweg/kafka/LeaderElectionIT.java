package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@WithBroker
@Timeout(180)
class LeaderElectionIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestBroker broker;
  private final KafkaSettings kafka;
  private String job;
  private String topic;

  LeaderElectionIT(TestBroker broker) {
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrap());
  }

  @BeforeEach
  void make_topic() throws Exception {
    job = broker.unique("job");
    topic = job + ".control";
    broker.create(topic, 1);
  }

  @Test
  void one_of_three_leads_and_another_takes_over_when_it_leaves() {
    try (LeaderElection first = join(null)) {
      first.elected().block(LONG);
      List<Boolean> heard = new CopyOnWriteArrayList<>();
      first.leadership().subscribe(heard::add);
      try (LeaderElection second = join(null);
          LeaderElection third = join(null)) {
        // newcomers make the group rebalance, which must not unseat the leader
        await()
            .during(Duration.ofSeconds(4))
            .atMost(Duration.ofSeconds(30))
            .until(() -> first.isLeading() && !second.isLeading() && !third.isLeading());
        assertThat(heard).containsExactly(true);
        long left = System.nanoTime();
        first.close();
        assertThat(first.isLeading()).isFalse();
        assertThat(heard).containsExactly(true, false);
        await().atMost(LONG).until(() -> second.isLeading() || third.isLeading());
        assertThat(second.isLeading() && third.isLeading()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - left))
            .as("leaving hands over without waiting for the session to time out")
            .isLessThan(LeaderElection.SESSION);
      }
    }
    await()
        .atMost(LONG)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("thalweg-election")));
  }

  @Test
  void another_takes_over_when_the_leader_is_killed() throws Exception {
    Process leader = child("");
    try (LeaderElection standby = join(null)) {
      await().during(Duration.ofSeconds(3)).atMost(LONG).until(() -> !standby.isLeading());
      leader.destroyForcibly().waitFor();
      standby.elected().block(LONG);
    } finally {
      leader.destroyForcibly();
    }
  }

  @Test
  void a_named_instance_leads_again_at_once_after_a_crash() throws Exception {
    Process leader = child("solver-0");
    leader.destroyForcibly().waitFor();
    long killed = System.nanoTime();
    try (LeaderElection again = join("solver-0")) {
      again.elected().block(LONG);
      assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(LeaderElection.SESSION);
    }
  }

  @Test
  void a_second_instance_under_the_same_name_ends_the_first() {
    try (LeaderElection first = join("solver-0")) {
      first.elected().block(LONG);
      try (LeaderElection second = join("solver-0")) {
        first.lost().block(LONG);
        assertThatThrownBy(() -> first.leadership().blockLast(LONG))
            .isInstanceOfSatisfying(
                KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.FENCED));
        assertThat(first.isLeading()).isFalse();
        second.elected().block(LONG);
      }
    }
  }

  @Test
  void who_leaves_before_it_is_elected_is_told_so() {
    try (LeaderElection first = join(null)) {
      first.elected().block(LONG);
      LeaderElection second = join(null);
      second.close();
      assertThatThrownBy(() -> second.elected().block(LONG))
          .isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void a_missing_control_topic_is_named() {
    assertThatThrownBy(() -> LeaderElection.join(kafka, job, "no-control", null))
        .hasMessageContaining("no-control")
        .hasMessageContaining("thalweg topics apply");
  }

  @Test
  void a_control_topic_of_two_seats_is_refused() throws Exception {
    String wide = job + ".wide";
    broker.create(wide, 2);
    assertThatThrownBy(() -> LeaderElection.join(kafka, job, wide, null).close())
        .hasMessageContaining(wide + " must have 1 partition")
        .hasMessageContaining("but has 2");
  }

  private LeaderElection join(String instance) {
    return LeaderElection.join(kafka, job, topic, instance);
  }

  /** A leader in a process of its own, to be killed. */
  private Process child(String instance) throws Exception {
    Process child =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home")
                        + File.separator
                        + "bin"
                        + File.separator
                        + "java",
                    "-Xmx64m",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    Leader.class.getName(),
                    broker.bootstrap(),
                    job,
                    topic,
                    instance))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.equals("leading")) {
      line = out.readLine();
    }
    assertThat(line).isEqualTo("leading");
    return child;
  }

  /** Main class of the child. */
  static final class Leader {
    public static void main(String[] args) throws Exception {
      LeaderElection election =
          LeaderElection.join(
              KafkaSettings.of(args[0]), args[1], args[2], args[3].isEmpty() ? null : args[3]);
      election.elected().block(LONG);
      System.out.println("leading");
      Thread.sleep(600_000);
    }
  }
}
