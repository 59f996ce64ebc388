package io.thalweg.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that dies under a running job, and a job that sleeps longer than its transactions. */
@Timeout(600)
class DesertedIT {
  @TempDir Path folder;

  private EmbeddedBroker own;
  private TestBroker broker;

  @BeforeEach
  void start() {
    own = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS);
    broker = TestBroker.around(own);
  }

  @AfterEach
  void stop() {
    own.close();
  }

  @Test
  void a_broker_killed_and_started_again_is_waited_for_and_nothing_is_lost_or_repeated()
      throws Exception {
    FaultJob job = new FaultJob(broker, folder, "deserted");
    try (Load load = Load.start(broker, job.name, 500, 9);
        Instance instance = job.run("solver-0")) {
      job.awaitLeading(instance);
      job.awaitVersion(20);
      own.kill();
      own.restart();
      job.awaitVersion(job.version() + 20);
      assertThat(instance.isAlive()).as(instance.log()).isTrue();
      endsInOrder(instance);
    }
    job.judge();
  }

  @Test
  @Tag("long")
  void an_instance_frozen_for_longer_than_a_transaction_may_last_goes_on_without_a_gap()
      throws Exception {
    FaultJob job = new FaultJob(broker, folder, "asleep");
    try (Load load = Load.start(broker, job.name, 500, 10);
        Instance instance = job.run("solver-0")) {
      job.awaitLeading(instance);
      job.awaitVersion(20);
      instance.freeze();
      // the fault itself: transaction.timeout.ms and the broker's scan every 10 s
      Thread.sleep(28_000);
      instance.thaw();
      job.awaitVersion(job.version() + 20);
      assertThat(instance.isAlive()).as(instance.log()).isTrue();
      endsInOrder(instance);
    }
    job.judge();
  }

  @Test
  @Tag("long")
  void asked_to_stop_while_its_broker_is_away_it_ends_without_a_gap() throws Exception {
    FaultJob job = new FaultJob(broker, folder, "alone");
    try (Load load = Load.start(broker, job.name, 500, 11);
        Instance instance = job.run("solver-0")) {
      job.awaitLeading(instance);
      job.awaitVersion(20);
      own.kill();
      Thread.sleep(3_000); // the fault itself: whatever was under way hangs by now
      instance.terminate();
      assertThat(instance.awaitEnd(Duration.ofSeconds(40))).as(instance.log()).isTrue();
      own.restart();
    }
    job.judge();
  }

  private static void endsInOrder(Instance instance) {
    instance.terminate();
    assertThat(instance.awaitEnd(Duration.ofSeconds(10))).as(instance.log()).isTrue();
    assertThat(instance.exitCode()).as(instance.log()).isZero();
  }
}
