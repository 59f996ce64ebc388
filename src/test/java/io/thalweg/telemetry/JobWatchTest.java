package io.thalweg.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Pause;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Refusals;
import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Signature;
import io.thalweg.stream.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobWatchTest {
  private static final Lane LANE = new Lane("samples", 0);

  private final Journal journal = new Journal(() -> 5L);
  private Facts facts = Facts.idle(Phase.STARTING, "");
  private Check broker = new Check("broker", true, "1 broker answers");
  private long nanos = 1_000_000_000L;
  private final JobWatch watch =
      new JobWatch(journal, () -> facts, () -> broker, Duration.ofSeconds(30), () -> nanos);

  private void running(long version, long samples, long restored, Refusals refusals) {
    facts =
        new Facts(
            Phase.RUNNING,
            "",
            new Progress(version, version, samples, 1, 0, 0, 0, 0, null, refusals, Map.of()),
            restored,
            1,
            1,
            List.of(),
            List.of(new LaneLook("samples", 0, null, 40, 50)),
            0,
            Commits.NONE);
  }

  private void committed(long version) {
    Positions at = Positions.at(List.of(LANE), List.of(new Position(10 * version, 0)));
    journal.committed(
        new Snapshot(
            "job",
            1,
            version,
            version,
            7L,
            "msgbio",
            "c0ffee",
            Map.of(),
            new double[0],
            new double[0],
            List.of(),
            Map.of(),
            at,
            new Ledger.Builder(at).take(at),
            Long.MIN_VALUE,
            "0"),
        "5ha",
        false,
        List.of());
  }

  private Look after(long seconds) {
    nanos += seconds * 1_000_000_000L;
    watch.tick();
    return watch.look();
  }

  private static Check check(Look look, String name) {
    return look.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void a_job_that_an_operator_has_paused_is_ready_and_says_by_what() {
    running(1, 10, 0, Refusals.NONE);
    committed(1);
    assertThat(after(1).checks()).noneMatch(check -> check.name().equals("paused"));
    facts =
        new Facts(
            Phase.RUNNING,
            "",
            new Progress(
                1,
                1,
                10,
                1,
                0,
                0,
                0,
                0,
                null,
                Refusals.NONE,
                Map.of(),
                new ControlState(
                    new Pause(17, 1_700_000_000_000L, new Signature("", "ann")), 1, 0)),
            0,
            1,
            1,
            List.of(),
            List.of(new LaneLook("samples", 0, null, 40, 50)),
            0,
            Commits.NONE);
    Look look = after(1);
    assertThat(look.ready()).isTrue();
    assertThat(check(look, "paused"))
        .isEqualTo(
            new Check(
                "paused", true, "paused by ann at 2023-11-14T22:13:20Z, command at offset 17"));
  }

  @Test
  void who_asks_about_now_hears_of_what_happened_since_the_last_tick() {
    running(1, 100, 0, Refusals.NONE);
    committed(1);
    assertThat(after(1).ready()).isTrue();
    facts = Facts.idle(Phase.RESTARTING, "the broker was away");
    assertThat(watch.look().ready()).isTrue();
    assertThat(watch.now().ready()).isFalse();
    running(1, 100, 0, Refusals.NONE);
    assertThat(watch.now().ready()).isTrue();
    for (int i = 0; i < 20; i++) {
      watch.now();
    }
    running(1, 300, 0, Refusals.NONE);
    assertThat(after(1).rate()).as("of ticks alone").isEqualTo(200);
  }

  @Test
  void it_is_not_ready_before_it_leads() {
    assertThat(watch.look().ready()).isFalse();
    assertThat(after(1).reasons()).contains("this instance is starting");
  }

  @Test
  void a_standby_is_ready_while_the_broker_answers() {
    facts = Facts.idle(Phase.STANDBY, "");
    assertThat(after(1).ready()).isTrue();
    broker = new Check("broker", false, "no answer");
    assertThat(after(1).reasons()).containsExactly("no answer");
  }

  @Test
  void a_leader_is_ready_once_a_snapshot_is_published() {
    running(0, 0, 0, Refusals.NONE);
    assertThat(after(1).reasons()).containsExactly("no snapshot is published yet");
    committed(1);
    running(1, 16, 0, Refusals.NONE);
    assertThat(after(1).ready()).isTrue();
  }

  @Test
  void a_restored_snapshot_will_do() {
    running(7, 16, 7, Refusals.NONE);
    assertThat(after(1).ready()).isTrue();
    assertThat(check(watch.look(), "snapshot").detail()).isEqualTo("version 7 is restored");
  }

  @Test
  void a_broker_that_is_away_makes_it_unready_and_not_dead() {
    running(7, 16, 7, Refusals.NONE);
    broker = new Check("broker", false, "no answer from b:9092 within 4 s");
    assertThat(after(1).reasons()).containsExactly("no answer from b:9092 within 4 s");
    assertThat(watch.isTicking()).isTrue();
  }

  @Test
  void a_level_that_lacks_samples_is_named_and_no_fault() {
    running(1, 10, 0, Refusals.NONE);
    facts =
        new Facts(
            Phase.RUNNING,
            "",
            new Progress(1, 1, 10, 1, 0, 0, 33, 0, Level.UPPER, Refusals.NONE, Map.of()),
            0,
            1,
            1,
            List.of(),
            List.of(new LaneLook("samples", 0, null, 40, 50)),
            0,
            Commits.NONE);
    committed(1);
    watch.tick();
    assertThat(watch.look().ready()).isTrue();
    assertThat(watch.look().checks())
        .contains(
            new Check(
                "converges",
                true,
                "no step is refused; the next one waits for validation samples"));
  }

  @Test
  void refused_steps_in_a_row_make_it_unready_long_before_they_end_it() {
    running(7, 16, 7, new Refusals(12, JobWatch.REFUSALS - 1, "x is not finite", "msgbio"));
    assertThat(after(1).ready()).isTrue();
    running(7, 16, 7, new Refusals(13, JobWatch.REFUSALS, "x is not finite", "msgbio"));
    assertThat(after(1).reasons()).singleElement().asString().contains("10 steps", "not finite");
  }

  @Test
  void a_commit_that_does_not_come_makes_it_unready() {
    running(7, 16, 7, Refusals.NONE);
    after(1);
    running(8, 32, 7, Refusals.NONE);
    assertThat(after(1).ready()).isTrue();
    assertThat(after(29).ready()).isTrue();
    assertThat(after(2).reasons()).singleElement().asString().contains("version 8", "commit");
    committed(8);
    assertThat(after(1).ready()).isTrue();
  }

  @Test
  void commits_that_come_late_but_come_are_fresh() {
    running(7, 16, 7, Refusals.NONE);
    after(1);
    for (long version = 8; version < 20; version++) {
      running(version + 1, 16, 7, Refusals.NONE); // always one behind
      committed(version);
      assertThat(after(20).ready()).isTrue();
    }
  }

  @Test
  void it_is_alive_while_somebody_looks() {
    after(1);
    nanos += Duration.ofSeconds(29).toNanos();
    assertThat(watch.isTicking()).isTrue();
    nanos += Duration.ofSeconds(2).toNanos();
    assertThat(watch.isTicking()).isFalse();
  }

  @Test
  void the_rate_is_that_of_the_last_seconds_and_begins_anew_with_a_life() {
    running(0, 0, 0, Refusals.NONE);
    after(1);
    running(1, 500, 0, Refusals.NONE);
    assertThat(after(1).rate()).isEqualTo(500);
    running(1, 1_500, 0, Refusals.NONE);
    assertThat(after(1).rate()).isEqualTo(750);
    running(1, 1_000, 1, Refusals.NONE); // went back to its checkpoint
    assertThat(after(1).rate()).isZero();
    running(1, 1_200, 1, Refusals.NONE);
    assertThat(after(1).rate()).isEqualTo(200);
  }

  @Test
  void partitions_stand_where_a_restart_would_go_on() {
    running(1, 16, 0, Refusals.NONE);
    committed(3);
    assertThat(after(1).facts().lanes()).containsExactly(new LaneLook("samples", 0, null, 30, 50));
    assertThat(watch.look().facts().lanes().get(0).lag()).isEqualTo(20);
  }
}
