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
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.Sha256;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that ran twice against a real broker, seen through {@code watch} and {@code replay}. */
@WithBroker
@Timeout(180)
class WatchReplayIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir private Path dir;
  private final TestBroker broker;
  private String name = "";
  private String file = "";
  private JobConfig job;

  WatchReplayIT(TestBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void job() throws Exception {
    name = broker.unique("watched");
    Path yaml = dir.resolve("job.yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: logistic-regression, features: 3}
        solver: {method: vr-msgbio, hypergradient: dense, batch: {lower: 8, upper: 4}}
        snapshots: {every: {steps: 7, time: 200ms}}
        topics: {partitions: 2}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, broker.bootstrap()));
    file = yaml.toString();
    job = new JobReader(Map.of(), List.of()).read(yaml);
  }

  private static List<byte[]> samples(int from, int count) {
    List<byte[]> out = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      double a = Math.sin(i * 1.7);
      double b = Math.cos(i * 2.3);
      String text = "{\"x\":[" + a + "," + b + ",1],\"y\":" + (a + b > 0 ? 1 : 0) + "}";
      out.add((i % 50 == 7 ? "{\"x\":[1,2,3" : text).getBytes(UTF_8));
    }
    return out;
  }

  /** Runs the service until it has taken in so many samples. */
  private void runUntil(long samples) throws Exception {
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

  private void runTwice() throws Exception {
    assertThat(CommandRun.of("topics", "apply", "-c", file).code()).isZero();
    for (int half = 0; half < 2; half++) {
      for (int partition = 0; partition < 2; partition++) {
        broker.send(name + ".train", partition, samples(1000 * half + 400 * partition, 400));
        broker.send(name + ".validation", partition, samples(5000 + 1000 * half, 200));
      }
      runUntil(half == 0 ? 900 : 2100);
    }
  }

  private List<JsonNode> watched(String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("watch", "-c", file, "--output", "json"));
    args.addAll(List.of(more));
    CommandRun watch = CommandRun.of(args.toArray(new String[0]));
    assertThat(watch.code()).as(watch.err()).isZero();
    List<JsonNode> out = new ArrayList<>();
    for (String line : watch.lines()) {
      out.add(new ObjectMapper().readTree(line));
    }
    return out;
  }

  @Test
  void what_was_published_is_watched_and_recomputed_and_a_forgery_is_noticed() throws Exception {
    runTwice();

    List<JsonNode> all = watched("--from-beginning", "--seconds", "2");
    List<Long> versions = all.stream().map(s -> s.get("version").longValue()).toList();
    assertThat(versions)
        .isEqualTo(java.util.stream.LongStream.rangeClosed(1, versions.size()).boxed().toList());
    assertThat(all.get(0).get("epoch").longValue())
        .isLessThan(all.get(all.size() - 1).get("epoch").longValue());
    List<JsonNode> recent = watched("--seconds", "1");
    assertThat(recent).isNotEmpty().hasSizeLessThanOrEqualTo(8);
    assertThat(recent.get(recent.size() - 1)).isEqualTo(all.get(all.size() - 1));
    CommandRun table = CommandRun.of("watch", "-c", file, "--seconds", "1");
    assertThat(table.code()).isZero();
    assertThat(table.lines()).hasSize(recent.size() + 1);
    assertThat(table.lines().get(0)).contains("version", "step", "upper-loss");

    CommandRun replay = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out()).startsWith("versions 1 to " + versions.size() + ": ");
    CommandRun some = CommandRun.of("replay", "-c", file, "--to", "3");
    assertThat(some.code()).isZero();
    assertThat(some.lines()).hasSize(4).last().asString().startsWith("versions 1 to 3: ");
    assertThat(CommandRun.of("replay", "-c", file, "--to", "0").code()).isEqualTo(ExitCode.DATA);
    CommandRun other =
        CommandRun.of("replay", "-c", file, "--verify", "--set", "solver.gamma=0.123");
    assertThat(other.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(other.err()).contains("version 1 was made by configuration");

    forge(all.get(all.size() - 1), false);
    CommandRun forged = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(forged.code()).as(forged.err()).isEqualTo(ExitCode.FAILURE);
    assertThat(forged.out()).startsWith("version " + (versions.size() + 1) + ", step ");
    assertThat(forged.out()).contains("y[0]: published ");

    deleteSamples();
    CommandRun gone = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(gone.code()).isEqualTo(ExitCode.DATA);
    assertThat(gone.err()).contains(name + ".train-0@0", "100 records");
  }

  @Test
  void members_are_watched_and_recomputed_over_a_restart_and_a_forged_one_is_noticed()
      throws Exception {
    String vr = "{method: vr-msgbio, hypergradient: dense, ";
    String text = Files.readString(Path.of(file));
    assertThat(text).contains(vr);
    Files.writeString(Path.of(file), text.replace(vr, "{method: auto, label-delay: 20, "));
    job = new JobReader(Map.of(), List.of()).read(Path.of(file));
    runTwice();

    List<JsonNode> all = watched("--from-beginning", "--seconds", "2");
    JsonNode last = all.get(all.size() - 1);
    assertThat(last.get("epoch").longValue()).isGreaterThan(all.get(0).get("epoch").longValue());
    assertThat(last.at("/members/0/name").textValue()).isEqualTo("reference");
    assertThat(last.at("/members/0/y")).hasSameSizeAs(last.get("y"));
    CommandRun table = CommandRun.of("watch", "-c", file, "--seconds", "1");
    assertThat(table.lines().get(0)).endsWith("heaviest member");
    assertThat(table.lines().get(1)).containsPattern(" [a-z][a-z0-9.-]+ [01]\\.[0-9]{3}$");

    CommandRun replay = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out()).startsWith("versions 1 to " + all.size() + ": ");

    forge(last, true);
    CommandRun forged = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(forged.code()).as(forged.err()).isEqualTo(ExitCode.FAILURE);
    assertThat(forged.out()).contains("members.reference.y[0]: published ");
  }

  /** One more version that follows well, but whose y or first member is not what the log gives. */
  private void forge(JsonNode last, boolean member) throws Exception {
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    byte[] before = last.toString().getBytes(UTF_8);
    Snapshot s = codec.decode(before).snapshot();
    double[] y = s.y().clone();
    double[] forged = member ? s.members().get(0).y() : y;
    forged[0] = Math.nextUp(forged[0]);
    Snapshot next =
        new Snapshot(
            s.job(),
            s.epoch(),
            s.version() + 1,
            s.step(),
            s.timeMillis(),
            s.method(),
            s.config(),
            s.upper(),
            s.x(),
            y,
            s.members(),
            s.metrics(),
            s.positions(),
            new io.thalweg.stream.Ledger(s.positions(), List.of()),
            s.eventTimeMillis(),
            "forged");
    String topic = name + ".snapshots";
    List<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> published =
        broker.readAll(topic, "read_committed");
    byte[] value = codec.encode(next, Sha256.hex(published.get(published.size() - 1).value()));
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, 0, name.getBytes(UTF_8), value);
      SnapshotCodec.headers(next, Sha256.hex(value))
          .forEach(h -> record.headers().add(h.key(), h.value()));
      producer.send(record).get(30, TimeUnit.SECONDS);
    }
  }

  private void deleteSamples() throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(name + ".train", 0), RecordsToDelete.beforeOffset(100)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_missing_topic_is_named_with_the_command_that_makes_it() {
    for (String command : List.of("watch", "replay")) {
      CommandRun run = CommandRun.of(command, "-c", file);
      assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(run.err()).contains(name + ".snapshots", "thalweg topics apply");
    }
  }

  @Test
  void nothing_published_yet_is_an_empty_watch_and_no_replay() throws Exception {
    assertThat(CommandRun.of("topics", "apply", "-c", file).code()).isZero();
    assertThat(watched("--seconds", "0.5")).isEmpty();
    CommandRun replay = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(replay.code()).isEqualTo(ExitCode.DATA);
    assertThat(replay.err()).contains("expected snapshots of job " + name);
  }

  @Test
  void a_broker_that_is_not_there_is_69_within_seconds() {
    long began = System.nanoTime();
    CommandRun run =
        CommandRun.of("watch", "-c", file, "--set", "kafka.bootstrap.servers=127.0.0.1:1");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.BROKER);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(40));
  }
}
