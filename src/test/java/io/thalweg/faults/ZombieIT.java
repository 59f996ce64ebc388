package io.thalweg.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of one job, one of which does not know that its time is over. */
@WithBroker
@Timeout(600)
class ZombieIT {
  @TempDir Path folder;

  @Test
  void a_frozen_leader_is_replaced_and_publishes_nothing_when_it_wakes(TestBroker broker)
      throws Exception {
    FaultJob job = new FaultJob(broker, folder, "zombie");
    try (Load load = Load.start(broker, job.name, 500, 7);
        Instance first = job.run(null)) {
      job.awaitLeading(first);
      job.awaitVersion(10);
      try (Instance second = job.run(null)) {
        await().atMost(FaultJob.LONG).until(() -> second.says("waiting as standby"));
        assertThat(second.says("job " + job.name + " leads")).isFalse();
        first.freeze();
        job.awaitLeading(second);
        job.awaitVersion(job.version() + 10);
        long epoch = job.newest().epoch();
        first.thaw();
        await().atMost(FaultJob.LONG).until(() -> !first.isAlive());
        assertThat(first.exitCode()).as(first.log()).isEqualTo(1);
        assertThat(first.log()).contains("another instance has taken over this job");
        job.awaitVersion(job.version() + 10);
        assertThat(job.newest().epoch()).isEqualTo(epoch);
        second.terminate();
        assertThat(second.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(second.exitCode()).as(second.log()).isZero();
      }
    }
    Committed judged = job.judge();
    assertThat(judged.lives()).isEqualTo(2);
  }

  @Test
  @Tag("long")
  void of_two_started_at_once_one_leads_and_the_other_takes_over_at_its_end(TestBroker broker)
      throws Exception {
    FaultJob job = new FaultJob(broker, folder, "twins");
    try (Load load = Load.start(broker, job.name, 500, 8);
        Instance a = job.run(null);
        Instance b = job.run(null)) {
      String leads = "job " + job.name + " leads";
      await().atMost(FaultJob.LONG).until(() -> a.says(leads) || b.says(leads));
      Instance leader = a.says(leads) ? a : b;
      Instance standby = leader == a ? b : a;
      await().atMost(FaultJob.LONG).until(() -> standby.says("waiting as standby"));
      job.awaitVersion(10);
      assertThat(standby.says(leads)).isFalse();
      leader.terminate();
      assertThat(leader.awaitEnd(Duration.ofSeconds(10))).isTrue();
      assertThat(leader.exitCode()).as(leader.log()).isZero();
      job.awaitLeading(standby);
      job.awaitVersion(job.version() + 10);
      standby.terminate();
      assertThat(standby.awaitEnd(Duration.ofSeconds(10))).isTrue();
      assertThat(standby.exitCode()).as(standby.log()).isZero();
    }
    assertThat(job.judge().lives()).isEqualTo(2);
  }
}
