package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.pipeline.Controls;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.EventCodec;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lives that end between a command and its commit: each command takes effect once, in order. */
@WithBroker
@Timeout(300)
class ControlIT {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private static final int KILLS = 3;

  @TempDir private Path folder;

  private static ControlClient client(TestBroker broker, String job) {
    return new ControlClient(
        KafkaSettings.of(broker.bootstrap()), job + ".control", job, Duration.ofSeconds(90));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"exactly-once", "at-least-once"})
  void killed_between_a_command_and_its_commit_each_takes_effect_once(
      String delivery, TestBroker broker) throws Exception {
    FaultJob job = new FaultJob(broker, folder, "control", "delivery: " + delivery);
    List<Controls.Outcome> outcomes = new ArrayList<>();
    try (Load load = Load.start(broker, job.name, 300, 11);
        ControlClient controls = client(broker, job.name)) {
      List<CompletableFuture<Controls.Outcome>> asked = new ArrayList<>();
      for (int life = 0; life <= KILLS; life++) {
        try (Instance run = job.run("solver-0")) {
          job.awaitLeading(run);
          job.awaitVersion(job.version() + 3);
          for (int i = 0; i < 8; i++) {
            String json = "{\"command\":\"step-size\",\"factor\":0." + (10 + 8 * life + i) + "}";
            asked.add(controls.send(json).toCompletableFuture());
            if (i == 3 && life < KILLS) {
              controls
                  .write(CommandCodec.decode("{\"command\":\"snapshot\"}"))
                  .toCompletableFuture()
                  .get();
              run.kill(); // some are answered, some are read, some are not
            }
          }
          if (life == KILLS) {
            for (CompletableFuture<Controls.Outcome> one : asked) {
              outcomes.add(one.get(90, TimeUnit.SECONDS));
            }
            run.terminate();
            assertThat(run.awaitEnd(FaultJob.LONG)).isTrue();
            assertThat(run.exitCode()).as(run.log()).isZero();
          }
        }
      }
    }
    assertThat(outcomes).hasSize(8 * (KILLS + 1)).allMatch(Controls.Outcome::applied);
    assertThat(outcomes).extracting(Controls.Outcome::offset).isSorted().doesNotHaveDuplicates();
    List<Long> obeyed = new ArrayList<>();
    TreeMap<Long, Snapshot> chain = new TreeMap<>(); // of several lives the last counts
    for (ConsumerRecord<byte[], byte[]> record :
        broker.readAll(job.name + ".snapshots", "read_committed", job.name)) {
      Snapshot snapshot = CODEC.decode(record.value()).snapshot();
      chain.put(snapshot.version(), snapshot);
    }
    for (Snapshot snapshot : chain.values()) {
      for (Ledger.Command command : snapshot.ledger().commands()) {
        obeyed.add(command.offset());
      }
    }
    assertThat(obeyed).isSorted().doesNotHaveDuplicates().hasSize(8 * (KILLS + 1) + KILLS);
    if (delivery.equals("exactly-once")) {
      assertThat(answers(job)).isEqualTo(obeyed);
      job.judge();
    } else {
      assertThat(answers(job)).containsAll(obeyed);
      job.assertReplays();
    }
  }

  /** Offsets of the commands that were answered, in the order of the answers. */
  private static List<Long> answers(FaultJob job) {
    List<Long> answers = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : job.committed("control")) {
      if (record.headers().lastHeader(EventCodec.HEADER) != null) {
        EventCodec.Decoded read = EventCodec.decode(record.value());
        if (EventCodec.isAnswer(read.event())) {
          assertThat(new String(record.key(), UTF_8)).isEqualTo(job.name);
          answers.add(read.event().figures().get("offset").longValue());
        }
      }
    }
    return answers;
  }

  @Test
  void of_two_instances_the_leader_answers_and_the_other_goes_on_paused_when_it_takes_over(
      TestBroker broker) throws Exception {
    FaultJob job = new FaultJob(broker, folder, "pair");
    try (Load load = Load.start(broker, job.name, 300, 12);
        ControlClient controls = client(broker, job.name);
        Instance first = job.run(null)) {
      job.awaitLeading(first);
      job.awaitVersion(3);
      try (Instance second = job.run(null)) {
        await()
            .atMost(FaultJob.LONG)
            .untilAsserted(
                () ->
                    assertThat(second.says("waiting as standby"))
                        .as("%s%nbeside%n%s", second.log(), first.log())
                        .isTrue());
        for (int i = 0; i < 5; i++) {
          assertThat(get(controls, "{\"command\":\"snapshot\"}").applied()).isTrue();
        }
        Controls.Outcome paused = get(controls, "{\"command\":\"pause\"}");
        assertThat(answers(job)).hasSize(6).doesNotHaveDuplicates();
        first.kill();
        Controls.Outcome still = get(controls, "{\"command\":\"snapshot\"}");
        assertThat(second.says("job " + job.name + " leads")).isTrue();
        assertThat(still.step()).as("it stays paused").isEqualTo(paused.step());
        assertThat(get(controls, "{\"command\":\"resume\"}").reason()).isEqualTo("resumed");
        job.awaitVersion(still.version() + 5);
        second.terminate();
        assertThat(second.awaitEnd(FaultJob.LONG)).isTrue();
        assertThat(second.exitCode()).as(second.log()).isZero();
      }
    }
    assertThat(answers(job)).hasSize(8).doesNotHaveDuplicates();
    job.judge();
  }

  private static Controls.Outcome get(ControlClient controls, String json) throws Exception {
    return controls.send(json).toCompletableFuture().get(90, TimeUnit.SECONDS);
  }
}
