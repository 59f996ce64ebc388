package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithBroker
class TopicsCommandIT {
  @TempDir Path folder;

  @Test
  void plan_shows_apply_does_and_then_there_is_nothing_to_do(TestBroker broker) throws Exception {
    String name = broker.unique("topics");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    CommandRun plan = CommandRun.of("topics", "plan", "-c", job, "--detailed-exitcode");
    assertThat(plan.code()).as(plan.err()).isEqualTo(3);
    assertThat(plan.lines()).contains("6 to create, 0 to change, 0 as wanted, 1 to know");
    CommandRun apply = CommandRun.of("topics", "apply", "-c", job);
    assertThat(apply.code()).isZero();
    assertThat(apply.lines()).anyMatch(l -> l.startsWith("+ " + name + ".snapshots "));
    assertThat(apply.lines()).last().isEqualTo("Done.");
    CommandRun again = CommandRun.of("topics", "plan", "-c", job, "--detailed-exitcode");
    assertThat(again.code()).isZero();
    assertThat(again.lines()).last().isEqualTo("0 to create, 0 to change, 6 as wanted, 0 to know");
  }

  @Test
  void a_refusal_changes_nothing_and_is_a_configuration_error(TestBroker broker) throws Exception {
    String name = broker.unique("refusal");
    String job =
        CommandRun.job(folder, name, broker.bootstrap(), "topics: {partitions: 1}").toString();
    broker.create(name + ".train", 2);
    CommandRun plan = CommandRun.of("topics", "plan", "-c", job);
    assertThat(plan.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(plan.err())
        .contains("apply would change nothing: " + name + ".train has 2 partitions, 1 wanted");
    CommandRun apply = CommandRun.of("topics", "apply", "-c", job);
    assertThat(apply.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(apply.out()).contains("! " + name + ".train");
    assertThat(apply.err())
        .contains("nothing was changed: " + name + ".train has 2 partitions, 1 wanted");
  }

  @Test
  void a_broker_that_is_not_there_is_one_line_and_69() throws Exception {
    String job = CommandRun.job(folder, "nowhere", "127.0.0.1:1").toString();
    CommandRun run = CommandRun.of("topics", "plan", "-c", job);
    assertThat(run.code()).isEqualTo(ExitCode.BROKER);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).contains("127.0.0.1:1", "thalweg broker").doesNotContain("\tat ");
  }

  @Test
  void a_host_that_does_not_exist_is_69_too() throws Exception {
    String job = CommandRun.job(folder, "nohost", "no.such.host.invalid:9092").toString();
    CommandRun run = CommandRun.of("topics", "plan", "-c", job);
    assertThat(run.code()).isEqualTo(ExitCode.BROKER);
    assertThat(run.err()).contains("no.such.host.invalid:9092");
  }
}
