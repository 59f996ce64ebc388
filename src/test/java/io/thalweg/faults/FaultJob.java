package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A small, fast job with its topics, and the judgement of what it left. */
final class FaultJob {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  static final Duration LONG = Duration.ofSeconds(90);

  final String name;
  private final TestBroker broker;
  private final Path folder;
  private final Path file;
  private final TopicPartition snapshots;
  private final KafkaConsumer<byte[], byte[]> tail;
  private Snapshot newest;

  FaultJob(TestBroker broker, Path folder, String stem) throws Exception {
    this(broker, folder, stem, "");
  }

  /** With one more line of the job file. */
  FaultJob(TestBroker broker, Path folder, String stem, String more) throws Exception {
    this.broker = broker;
    this.folder = folder;
    this.name = broker.unique(stem);
    this.file = folder.resolve(name + ".yaml");
    broker.create(name + ".train", 2);
    broker.create(name + ".validation", 2);
    for (String topic : List.of("snapshots", "checkpoints")) {
      broker.create(
          name + "." + topic,
          1,
          Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000"));
    }
    broker.create(name + ".control", 1);
    broker.create(name + ".dead-letters", 1);
    Files.writeString(
        file,
        """
        job: %s
        problem: {type: pl-game, dx: 3, dy: 4, c: 1.0}
        solver:
          method: vr-msgbio
          hypergradient: dense
          gamma: 0.4
          lambda: 0.5
          eta: {schedule: cbrt, k: 1, m: 4}
          c: {u: 1.5, h: 1.2, v: 2.0, G: 0.9, H: 1.1}
          mu: 0.2
          lg: 0.9
          c-gxy: 0.09
          c-fy: 0.26
          batch: {upper: 8, lower: 8, linger: 20ms}
        upper: {init: [0.00123, 0.29875, -0.27414]}
        lower: {init: [0, 0, 0, 0]}
        snapshots: {every: {steps: 10, time: 20ms}}
        kafka: {bootstrap.servers: "%s"}
        %s
        """
            .formatted(name, broker.bootstrap(), more),
        UTF_8);
    this.snapshots = new TopicPartition(name + ".snapshots", 0);
    this.tail =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    tail.assign(List.of(snapshots));
    tail.seek(snapshots, 0);
  }

  /** Runs the service; a named instance leads again at once after a crash. */
  Instance run(String instance) {
    return instance == null
        ? Instance.start(folder, "run", "-c", file.toString())
        : Instance.start(folder, "run", "-c", file.toString(), "--instance", instance);
  }

  void awaitLeading(Instance instance) {
    await()
        .atMost(LONG)
        .until(
            () -> {
              assertThat(instance.isAlive()).as("ended early:%n%s", instance.log()).isTrue();
              return instance.says("job " + name + " leads");
            });
  }

  List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    return broker.readAll(name + "." + topic, "read_committed");
  }

  /** Snapshots on the log, committed or not, without those an alias points to. */
  long uncommitted(String topic) {
    return broker.readAll(name + "." + topic, "read_uncommitted", name).size();
  }

  /** The newest version a reader sees. */
  long version() {
    return newest() == null ? 0 : newest().version();
  }

  /** The newest snapshot a reader sees. */
  Snapshot newest() {
    long end = tail.endOffsets(List.of(snapshots)).get(snapshots);
    while (tail.position(snapshots) < end) {
      for (ConsumerRecord<byte[], byte[]> record : tail.poll(Duration.ofMillis(100))) {
        if (new String(record.key(), UTF_8).equals(name)) { // else it is an alias
          newest = CODEC.decode(record.value()).snapshot();
        }
      }
    }
    return newest;
  }

  void awaitVersion(long atLeast) {
    await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> version() >= atLeast);
  }

  /** Everything that must hold of the log, and the recomputation by the program; the last call. */
  Committed judge() throws Exception {
    tail.close();
    Committed judge = Committed.of(broker.readAll(name + ".snapshots", "read_committed", name));
    judge.deadLetters(committed("dead-letters"), broken(judge.last()));
    assertThat(judge.complaints()).isEmpty();
    assertThat(openTransactions()).isZero();
    assertThat(assertReplays()).contains("versions 1 to " + judge.version() + ":");
    return judge;
  }

  /** The recomputation by the program; gives what it said. */
  String assertReplays() {
    try (Instance replay = Instance.start(folder, "replay", "-c", file.toString(), "--verify")) {
      assertThat(replay.awaitEnd(LONG)).isTrue();
      assertThat(replay.exitCode()).as(replay.log()).isZero();
      assertThat(replay.log()).contains("equal bit for bit");
      return replay.log();
    }
  }

  /** Records before the last positions that do not end as they should. */
  private long broken(Snapshot last) {
    Positions positions = last.positions();
    long broken = 0;
    for (String topic : List.of(name + ".train", name + ".validation")) {
      for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topic, "read_committed")) {
        int lane = positions.lanes().indexOf(new Lane(topic, record.partition()));
        boolean whole = record.value()[record.value().length - 1] == '}';
        if (!whole && record.offset() < positions.rejected().get(lane).offset()) {
          broken++;
        }
      }
    }
    return broken;
  }

  private long openTransactions() throws Exception {
    try (Admin admin = broker.admin()) {
      return admin.listTransactions().all().get(30, TimeUnit.SECONDS).stream()
          .filter(t -> t.transactionalId().equals(name))
          .filter(t -> t.state().toString().equals("Ongoing"))
          .count();
    }
  }
}
