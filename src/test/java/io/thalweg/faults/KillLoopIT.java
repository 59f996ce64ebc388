package io.thalweg.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 at random instants under load. The schedule comes from a seed and is printed; {@code
 * -Dthalweg.faults.kills=N -Dthalweg.faults.seed=S} choose another.
 */
@WithBroker
@Timeout(3_000)
class KillLoopIT {
  private static final int KILLS = Integer.getInteger("thalweg.faults.kills", 20);
  private static final long SEED = Long.getLong("thalweg.faults.seed", 20261122L);

  /** Every so many lives is killed at some instant of its start instead of its work. */
  private static final int EARLY_EVERY = 5;

  @TempDir Path folder;

  @Test
  void killed_at_random_instants_it_leaves_no_gap_no_repeat_and_the_bits_of_an_uninterrupted_run(
      TestBroker broker) throws Exception {
    Random random = new Random(SEED);
    StringBuilder schedule = new StringBuilder();
    FaultJob job = new FaultJob(broker, folder, "killed");
    try (Load load = Load.start(broker, job.name, 800, SEED)) {
      for (int kill = 1; kill <= KILLS; kill++) {
        boolean early = kill % EARLY_EVERY == 0;
        int millis = random.nextInt(early ? 3_000 : 2_500);
        try (Instance instance = job.run("solver-0")) {
          if (!early) {
            job.awaitLeading(instance);
          }
          Thread.sleep(millis); // the fault's instant
          instance.kill();
        }
        schedule.append(early ? " start+" : " lead+").append(millis);
      }
      stopInOrder(job);
    }
    Committed judged = job.judge();
    System.out.printf(
        "[faults] seed %d, kills at (ms)%s: %d versions by %d lives, %d records of snapshots never"
            + " committed%n",
        SEED, schedule, judged.version(), judged.lives(), snapshotsOnly(job) - judged.version());
    assertThat(judged.lives()).as("lives that published").isGreaterThan(KILLS / 4);
  }

  private static long snapshotsOnly(FaultJob job) {
    return job.uncommitted("snapshots");
  }

  private static void stopInOrder(FaultJob job) {
    try (Instance last = job.run("solver-0")) {
      job.awaitLeading(last);
      long before = job.version();
      job.awaitVersion(before + 1);
      last.terminate();
      assertThat(last.awaitEnd(Duration.ofSeconds(10)))
          .as("ends within 10 s of SIGTERM:%n%s", last.log())
          .isTrue();
      assertThat(last.exitCode()).as(last.log()).isZero();
    }
  }
}
