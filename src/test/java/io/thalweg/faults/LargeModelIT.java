package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotLog;
import io.thalweg.stream.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models whose vectors have no room in a record, through kills, restarts and readers. */
@WithBroker
@Timeout(300)
class LargeModelIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int ROWS = 16;

  @TempDir private Path folder;
  private final TestBroker broker;
  private final SplittableRandom random = new SplittableRandom(3);
  private String name = "";

  LargeModelIT(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void a_model_of_2_to_the_18_survives_kills_and_every_snapshot_is_read_and_recomputed()
      throws Exception {
    String file = job(1 << 18, "large");
    feed(1 << 18, 160 * ROWS);
    for (int life = 0; life < 2; life++) {
      try (Instance run = start("256m", "run", "-c", file, "--instance", "solver-0")) {
        awaitVersions(newest() + 6, run);
        run.kill();
      }
    }
    try (Instance run = start("256m", "run", "-c", file, "--instance", "solver-0")) {
      awaitVersions(newest() + 6, run);
      run.terminate();
      assertThat(run.awaitEnd(LONG)).isTrue();
      assertThat(run.exitCode()).as(run.log()).isZero();
    }
    double[] y = new double[(1 << 18) + 1];
    List<Long> all = versions(true, y);
    assertThat(all).isEqualTo(LongStream.rangeClosed(1, all.size()).boxed().toList());
    double[] late = new double[y.length];
    List<Long> recent = versions(false, late);
    assertThat(recent).isNotEmpty().endsWith(all.get(all.size() - 1));
    assertThat(late).isEqualTo(y);
    try (Instance replay = start("256m", "replay", "-c", file, "--verify")) {
      assertThat(replay.awaitEnd(LONG)).isTrue();
      assertThat(replay.exitCode()).as(replay.log()).isZero();
      assertThat(replay.log()).contains("versions 1 to " + all.size() + ":", "equal bit for bit");
    }
    assertLinesStandAlone(file, y);
    assertRecordsAreSmall(all.size());
  }

  /** A line of a file must do without the keyframes of the topic. */
  private void assertLinesStandAlone(String file, double[] y) throws Exception {
    try (Instance watch =
        start("256m", "watch", "-c", file, "--seconds", "2", "--output", "json")) {
      assertThat(watch.awaitEnd(LONG)).isTrue();
      String[] lines = watch.log().split("\n");
      JsonNode last = new ObjectMapper().readTree(lines[lines.length - 1]).get("y");
      assertThat(last.get("shape").get(0).intValue()).isEqualTo(y.length);
      assertThat(last.get("data").binaryValue()).hasSize(Double.BYTES * y.length);
    }
  }

  /** Differences, not models: what every snapshot costs hangs on what was touched. */
  private void assertRecordsAreSmall(int snapshots) {
    long[] bytes = {0};
    int[] parts = {0};
    records(
        record -> {
          assertThat(record.value().length).isLessThan(1 << 20);
          bytes[0] += record.value().length;
          parts[0] += new String(record.key(), UTF_8).equals(name) ? 0 : 1;
        });
    assertThat(parts[0]).isPositive().isLessThan(5 * snapshots).isEqualTo(parts[0] / 5 * 5);
    assertThat(bytes[0]).isLessThan(snapshots * (long) Double.BYTES * (1 << 18));
  }

  @Test
  @Tag("long")
  void a_model_of_2_to_the_22_goes_on_where_it_was_killed_and_is_recomputed() throws Exception {
    String file = job(1 << 22, "huge");
    feed(1 << 22, 60 * ROWS);
    try (Instance run = start("1800m", "run", "-c", file, "--instance", "solver-0")) {
      awaitVersions(4, run);
      run.kill();
    }
    try (Instance run = start("1800m", "run", "-c", file, "--instance", "solver-0")) {
      awaitVersions(8, run);
      run.terminate();
      assertThat(run.awaitEnd(LONG)).isTrue();
      assertThat(run.exitCode()).as(run.log()).isZero();
    }
    try (Instance replay = start("1200m", "replay", "-c", file, "--verify")) {
      assertThat(replay.awaitEnd(LONG)).isTrue();
      assertThat(replay.exitCode()).as(replay.log()).isZero();
    }
  }

  @Test
  void too_little_heap_is_said_before_anything_starts() throws Exception {
    String file = job(1 << 22, "tight");
    try (Instance run = start("400m", "run", "-c", file)) {
      assertThat(run.awaitEnd(LONG)).isTrue();
      assertThat(run.exitCode()).as(run.log()).isEqualTo(78);
      assertThat(run.log()).contains("MiB of heap, but this JVM takes at most", "java -Xmx");
    }
  }

  @Test
  void topics_that_take_no_part_of_a_model_are_named_by_validate_and_run() throws Exception {
    String file = job(1 << 18, "narrow", "max.message.bytes", "200000");
    for (String command : List.of("validate", "run")) {
      try (Instance refused = start("256m", command, "-c", file)) {
        assertThat(refused.awaitEnd(LONG)).isTrue();
        assertThat(refused.exitCode()).as(refused.log()).isEqualTo(78);
        assertThat(refused.log())
            .contains(name + ".snapshots", "max.message.bytes is 200000", "raise it");
      }
    }
  }

  private Instance start(String heap, String... command) {
    return Instance.startWithHeap(folder, heap, command);
  }

  private String job(int features, String stem, String... snapshotTopic) throws Exception {
    name = broker.unique(stem);
    Map<String, String> compact =
        Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000");
    Map<String, String> own = new java.util.HashMap<>(compact);
    for (int i = 0; i < snapshotTopic.length; i += 2) {
      own.put(snapshotTopic[i], snapshotTopic[i + 1]);
    }
    broker.create(name + ".train", 1);
    broker.create(name + ".validation", 1);
    broker.create(name + ".snapshots", 1, own);
    broker.create(name + ".checkpoints", 1, compact);
    broker.create(name + ".control", 1);
    broker.create(name + ".dead-letters", 1);
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        job: %s
        problem: {type: logistic-regression, features: %d, hyperparameters: {l2: {per: global}}}
        solver:
          method: vr-msgbio
          hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
          batch: {lower: %d, upper: %d}
        snapshots: {every: {steps: 2, time: 1s}}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, features, ROWS, ROWS, broker.bootstrap()));
    return file.toString();
  }

  private void feed(int features, int samples) throws Exception {
    for (String topic : List.of("train", "validation")) {
      List<byte[]> out = new ArrayList<>();
      for (int i = 0; i < samples; i++) {
        StringBuilder places = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (int k = 0; k < 20; k++) {
          places.append(k == 0 ? "" : ",").append(random.nextInt(features));
          values.append(k == 0 ? "" : ",").append(random.nextInt(-100, 100) / 64.0);
        }
        String text =
            "{\"i\":[" + places + "],\"v\":[" + values + "],\"y\":" + random.nextInt(2) + "}";
        out.add(text.getBytes(UTF_8));
      }
      broker.send(name + "." + topic, 0, out);
    }
  }

  private void awaitVersions(long atLeast, Instance run) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              assertThat(run.isAlive()).as("ended early:%n%s", run.log()).isTrue();
              return newest() >= atLeast;
            });
  }

  private long newest() {
    long[] version = {0};
    records(
        record -> {
          Header header = record.headers().lastHeader("thalweg-version");
          if (new String(record.key(), UTF_8).equals(name)) {
            version[0] = Long.parseLong(new String(header.value(), UTF_8));
          }
        });
    return version[0];
  }

  /** One by one: together they would not fit into the memory of a test. */
  private void records(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    TopicPartition lane = new TopicPartition(name + ".snapshots", 0);
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(lane));
      consumer.seekToBeginning(List.of(lane));
      long end = consumer.endOffsets(List.of(lane)).get(lane);
      while (consumer.position(lane) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(each);
      }
    }
  }

  /** Versions as a reader gets them, from the first or from where a late one begins. */
  private List<Long> versions(boolean fromBeginning, double[] lastY) {
    List<Long> out = new ArrayList<>();
    try (SnapshotLog reader =
        new SnapshotLog(KafkaSettings.of(broker.bootstrap()), name + ".snapshots", name)) {
      if (fromBeginning) {
        reader.fromBeginning();
      } else {
        reader.fromRecent();
      }
      long end = reader.end();
      List<SnapshotLog.Entry> some = reader.next(end);
      while (!some.isEmpty()) {
        for (SnapshotLog.Entry entry : some) {
          Snapshot snapshot = reader.decode(entry).snapshot();
          out.add(snapshot.version());
          System.arraycopy(snapshot.y(), 0, lastY, 0, lastY.length);
        }
        some = reader.next(end);
      }
    }
    return out;
  }
}
