package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.stream.Event;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.EventCodec;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lives that end amid a drift: what was noticed and done is the same as in one life. */
@WithBroker
@Timeout(300)
class DriftIT {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int TURN = 6000;
  private static final int INTO = 10;
  private static final int RECORDS = 9000;

  @TempDir private Path folder;
  private final TestBroker broker;
  private String name = "";

  DriftIT(TestBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest(name = "{0}, {3}")
  @CsvSource({
    "auto, 'drift: {on-drift: restart-schedule, threshold: 12}', drift, exactly-once",
    "soba, 'drift: {detector: adwin}\nguard: {patience: 5, smoothing: 0.2, worsening: 0.05}', drift, exactly-once",
    "soba, 'drift: {detector: page-hinkley}', drift, at-least-once"
  })
  void killed_amid_a_drift_it_goes_on_with_the_bits_and_events_of_one_life(
      String method, String parts, String kind, String delivery) throws Exception {
    String file = job(method, parts, delivery);
    List<byte[]> records = records();
    broker.send(name + ".events", 0, records.subList(0, TURN + INTO));
    try (Instance run = start("run", "-c", file, "--instance", "solver-0")) {
      awaitOffset(TURN + 1, run);
      run.kill();
    }
    broker.send(name + ".events", 0, records.subList(TURN + INTO, TURN + 2 * INTO));
    try (Instance run = start("run", "-c", file, "--instance", "solver-0")) {
      awaitOffset(TURN + INTO + 1, run);
      run.terminate();
      assertThat(run.awaitEnd(LONG)).isTrue();
      assertThat(run.exitCode()).as(run.log()).isZero();
    }
    broker.send(name + ".events", 0, records.subList(TURN + 2 * INTO, RECORDS));
    try (Instance run = start("run", "-c", file, "--instance", "solver-0")) {
      awaitOffset(RECORDS, run);
      run.terminate();
      assertThat(run.awaitEnd(LONG)).isTrue();
      assertThat(run.exitCode()).as(run.log()).isZero();
      assertThat(run.log()).contains("WARN", kind + " at step ");
    }
    List<Snapshot> all = snapshots();
    List<Event> events = all.stream().flatMap(s -> s.events().stream()).toList();
    assertThat(events).extracting(Event::kind).contains(kind);
    assertThat(all.get(all.size() - 1).metrics().get("drift-events")).isPositive();
    assertControl(all);
    try (Instance replay = start("replay", "-c", file, "--verify")) {
      assertThat(replay.awaitEnd(LONG)).isTrue();
      assertThat(replay.exitCode()).as(replay.log()).isZero();
      assertThat(replay.log()).contains("versions 1 to " + all.size() + ":", "equal bit for bit");
    }
    try (Instance watch = start("watch", "-c", file, "--from-beginning", "--seconds", "3")) {
      assertThat(watch.awaitEnd(LONG)).isTrue();
      assertThat(watch.log()).contains("! " + kind + " at step ");
    }
  }

  /** Every event of a snapshot is a record of the control topic, once and in order. */
  private void assertControl(List<Snapshot> all) throws Exception {
    List<String> expected = new ArrayList<>();
    for (Snapshot snapshot : all) {
      for (Event event : snapshot.events()) {
        expected.add(snapshot.version() + "/" + event.step() + "/" + event.kind());
      }
    }
    List<String> found = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        broker.readAll(name + ".control", "read_committed")) {
      JsonNode json = new ObjectMapper().readTree(record.value());
      assertThat(new String(record.key(), UTF_8)).isEqualTo(name);
      assertThat(new String(record.headers().lastHeader(EventCodec.HEADER).value(), UTF_8))
          .isEqualTo(json.get("kind").asText());
      found.add(
          json.get("version").asLong()
              + "/"
              + json.get("step").asLong()
              + "/"
              + json.get("kind").asText());
    }
    assertThat(found).isEqualTo(expected);
  }

  private List<Snapshot> snapshots() {
    List<Snapshot> out = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        broker.readAll(name + ".snapshots", "read_committed", name)) {
      out.add(CODEC.decode(record.value()).snapshot());
    }
    return out;
  }

  private void awaitOffset(long least, Instance run) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(run.isAlive()).as(run.log()).isTrue();
              List<Snapshot> all = snapshots();
              return !all.isEmpty()
                  && all.get(all.size() - 1).positions().lower().get(0).offset() >= least;
            });
  }

  private Instance start(String... command) {
    return Instance.start(folder, command);
  }

  private String job(String method, String parts, String delivery) throws Exception {
    name = broker.unique("drift");
    broker.create(name + ".events", 1);
    for (String topic : List.of("snapshots", "checkpoints")) {
      broker.create(
          name + "." + topic,
          1,
          Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000"));
    }
    broker.create(name + ".control", 1);
    broker.create(name + ".dead-letters", 1);
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        job: %s
        problem: {type: logistic-regression, features: 2}
        solver: {method: %s, batch: {lower: 10, upper: 10, linger: 20ms}}
        %s
        samples: {topic: %s.events, split: prequential}
        snapshots: {every: {steps: 3, time: 50ms}}
        delivery: %s
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, method, parts, name, delivery, broker.bootstrap()),
        UTF_8);
    return file.toString();
  }

  /** Labels that turn round. */
  private static List<byte[]> records() {
    SplitMix64 rng = new SplitMix64(4);
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      double a = rng.gaussian();
      double b = rng.gaussian();
      boolean positive = 3 * a - 2 * b + 0.3 * rng.gaussian() > 0;
      out.add(
          ("{\"x\":[" + a + "," + b + "],\"y\":" + (positive != (i >= TURN) ? 1 : 0) + "}")
              .getBytes(UTF_8));
    }
    return out;
  }
}
