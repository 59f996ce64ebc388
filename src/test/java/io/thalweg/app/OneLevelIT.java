package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job of one level against a real broker: exactly once, resumed, watched and replayed. */
@WithBroker
@Timeout(180)
class OneLevelIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir private Path dir;
  private final TestBroker broker;

  OneLevelIT(TestBroker broker) {
    this.broker = broker;
  }

  /** Every fifth names the other role, one in fifty cannot be read. */
  private static List<byte[]> samples(int from, int count) {
    List<byte[]> out = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      double a = 2 * StrictMath.sin(i * 1.7);
      double b = StrictMath.cos(i * 2.3);
      String text = "{\"x\":[" + a + "," + b + "]" + (i % 5 == 3 ? ",\"role\":\"train\"}" : "}");
      out.add((i % 50 == 7 ? "{\"x\":[1" : text).getBytes(UTF_8));
    }
    return out;
  }

  private void runUntil(JobConfig job, long samples) throws Exception {
    TuningService service = new TuningService(job, "test", List.of());
    ServiceRun run = ServiceRun.start(service);
    await()
        .atMost(LONG)
        .until(
            () ->
                run.await(Duration.ofMillis(50)) != null
                    || service.progress().samples() >= samples);
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
  }

  @Test
  void a_run_in_two_halves_takes_every_sample_once_and_replays_to_the_same_bits() throws Exception {
    String name = broker.unique("one");
    Path yaml = dir.resolve("job.yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: online-pca, d: 2}
        solver: {method: msgd, anneal: {kind: momentum, at: 20, length: 30}, batch: {upper: 8}}
        snapshots: {every: {steps: 7, time: 200ms}}
        topics: {partitions: 2}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, broker.bootstrap()));
    JobConfig job = new JobReader(Map.of(), List.of()).read(yaml);
    CommandRun apply = CommandRun.of("topics", "apply", "-c", yaml.toString());
    assertThat(apply.code()).as(apply.err()).isZero();
    try (Admin admin = broker.admin()) {
      assertThat(admin.listTopics().names().get())
          .contains(name + ".validation")
          .doesNotContain(name + ".train");
    }
    for (int half = 0; half < 2; half++) {
      for (int partition = 0; partition < 2; partition++) {
        broker.send(name + ".validation", partition, samples(1000 * half + 500 * partition, 500));
      }
      runUntil(job, 780L * (half + 1)); // of 1000: 200 are of the other role, 20 bad
    }

    CommandRun watch =
        CommandRun.of(
            "watch",
            "-c",
            yaml.toString(),
            "--output",
            "json",
            "--from-beginning",
            "--seconds",
            "2");
    assertThat(watch.code()).as(watch.err()).isZero();
    List<String> lines = watch.lines();
    JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertThat(last.at("/metrics/samples-upper").intValue()).isEqualTo(1560);
    assertThat(last.at("/metrics/left-out-samples").intValue()).isEqualTo(400);
    assertThat(last.at("/metrics/rejected-samples").intValue()).isEqualTo(40);
    assertThat(last.get("y").size()).isZero();
    CommandRun replay = CommandRun.of("replay", "-c", yaml.toString(), "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out()).startsWith("versions 1 to " + lines.size() + ": ");
  }
}
