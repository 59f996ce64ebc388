package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithBroker
class ValidateCommandIT {
  @TempDir Path folder;

  @Test
  void missing_topics_are_named_with_the_command_to_type(TestBroker broker) throws Exception {
    String name = broker.unique("validate");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    CommandRun missing = CommandRun.of("validate", "-c", job);
    assertThat(missing.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(missing.err())
        .contains(
            "topic "
                + name
                + ".snapshots does not exist: create it with thalweg topics apply -c "
                + job)
        .doesNotContain("\tat ");
    assertThat(CommandRun.of("topics", "apply", "-c", job).code()).isZero();
    CommandRun right = CommandRun.of("validate", "-c", job);
    assertThat(right.code()).as(right.err()).isZero();
    assertThat(right.out()).contains("the broker and the topics are right");
  }

  @Test
  void a_topic_that_would_lose_or_refuse_snapshots_is_wrong(TestBroker broker) throws Exception {
    String name = broker.unique("sizes");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    assertThat(CommandRun.of("topics", "apply", "-c", job).code()).isZero();
    alter(broker, name + ".snapshots", "max.message.bytes", "1000");
    alter(broker, name + ".checkpoints", "cleanup.policy", "delete");
    CommandRun wrong = CommandRun.of("validate", "-c", job);
    assertThat(wrong.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(wrong.err())
        .contains(
            name + ".snapshots", "max.message.bytes", name + ".checkpoints", "cleanup.policy");
  }

  @Test
  void a_snapshot_larger_than_the_topic_takes_is_foreseen(TestBroker broker) throws Exception {
    String name = broker.unique("large");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    assertThat(CommandRun.of("topics", "apply", "-c", job).code()).isZero();
    List<String> args =
        new ArrayList<>(
            List.of(
                "validate",
                "-c",
                job,
                "--set",
                "problem={type: logistic-regression, features: 1000000, encoding: sparse}",
                "--set",
                "solver={method: msgbio, hypergradient: linear-system}",
                "--set",
                "upper=",
                "--set",
                "lower="));
    CommandRun inParts = CommandRun.of(args.toArray(new String[0]));
    assertThat(inParts.code()).as(inParts.err()).isZero();
    assertThat(inParts.out()).contains("the broker and the topics are right");
    args.addAll(List.of("--set", "snapshots.inline=2000000"));
    CommandRun large = CommandRun.of(args.toArray(new String[0]));
    assertThat(large.code()).as(large.err()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(large.err())
        .contains("a snapshot of 2000001 coordinates may need", "or set snapshots.inline to ");
  }

  @Test
  void the_members_of_a_portfolio_are_counted(TestBroker broker) throws Exception {
    String name = broker.unique("members");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    assertThat(CommandRun.of("topics", "apply", "-c", job).code()).isZero();
    for (int features : new int[] {50_000, 65_000, 70_000}) {
      CommandRun run =
          CommandRun.of(
              "validate",
              "-c",
              job,
              "--set",
              "problem={type: logistic-regression, encoding: sparse, features: " + features + "}",
              "--set",
              "solver={method: auto}",
              "--set",
              "upper=",
              "--set",
              "lower=");
      if (features == 65_000) { // x, y and members together, where none is over keyframes
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(run.err()).contains("coordinates may need", "or set snapshots.inline to ");
      } else {
        assertThat(run.code()).as(run.err()).isZero();
      }
    }
  }

  @Test
  void no_broker_is_69_after_the_file_was_found_right() throws Exception {
    String job = CommandRun.job(folder, "nobroker", "127.0.0.1:1").toString();
    CommandRun run = CommandRun.of("validate", "-c", job);
    assertThat(run.code()).isEqualTo(ExitCode.BROKER);
    assertThat(run.out()).contains("the file is right");
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(CommandRun.of("validate", "-c", job, "--offline").code()).isZero();
  }

  private static void alter(TestBroker broker, String topic, String key, String value)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
