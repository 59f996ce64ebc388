package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.config.Samples;
import io.thalweg.sample.Level;
import io.thalweg.solver.Methods;
import io.thalweg.stream.Snapshot;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A job of the catalogue with topics of its own on a shared broker. Batches never linger and
 * snapshots are taken by steps, so that what is published does not depend on the time.
 */
final class CatalogueJob {
  /** Steps between snapshots. */
  static final int EVERY = 5;

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is sent as one record.
   *
   * @param value its value
   * @param type its {@code content-type}, null for the job's own format
   */
  record Message(byte[] value, @Nullable String type) {
    static Message json(String text) {
      return new Message(text.getBytes(UTF_8), null);
    }
  }

  private final TestBroker broker;
  private final Path dir;
  private final Path file;
  private final JobConfig config;

  private CatalogueJob(TestBroker broker, Path dir, Path file) {
    this.broker = broker;
    this.dir = dir;
    this.file = file;
    this.config = new JobReader(Map.of(), List.of()).read(file);
  }

  /**
   * Writes the job file.
   *
   * @param keys of the job, beside its name, cadence, topics and broker; one that splits its
   *     samples has them on one topic
   */
  static CatalogueJob of(TestBroker broker, Path dir, String stem, Map<String, ?> keys)
      throws Exception {
    String name = broker.unique(stem);
    Map<String, Object> job = new LinkedHashMap<>(keys);
    job.put("job", name);
    if (keys.get("samples") instanceof Map<?, ?> samples && samples.containsKey("split")) {
      Map<Object, Object> shared = new LinkedHashMap<>(samples);
      shared.put("topic", name + ".samples");
      job.put("samples", shared);
    }
    job.put("snapshots", Map.of("every", Map.of("steps", EVERY, "time", "1h")));
    job.put("topics", Map.of("partitions", 1));
    job.put("kafka", Map.of("bootstrap.servers", broker.bootstrap()));
    Path file = dir.resolve(name + ".yaml");
    JSON.writeValue(file.toFile(), job);
    return new CatalogueJob(broker, dir, file);
  }

  /** Keys of a job whose batches wait until they are full. */
  static Map<String, Object> keys(
      Map<String, ?> problem, Map<String, ?> solver, int lower, int upper) {
    Map<String, Object> batch = new LinkedHashMap<>(Map.of("upper", upper, "linger", "1h"));
    if (Methods.reads(solver.get("method").toString()).contains(Level.LOWER)) {
      batch.put("lower", lower);
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("problem", problem);
    Map<String, Object> all = new LinkedHashMap<>(solver);
    all.put("batch", batch);
    keys.put("solver", all);
    return keys;
  }

  JobConfig config() {
    return config;
  }

  String file() {
    return file.toString();
  }

  static boolean isPrequential(JobConfig job) {
    return job.samples().split().kind() == Samples.Split.Kind.PREQUENTIAL;
  }

  void createTopics() {
    try (Admin admin = broker.admin()) {
      TopicsTool.apply(admin, WantedTopics.of(config, TopicCatalog.builtIn()));
    }
  }

  static void send(Producer<byte[], byte[]> producer, String topic, List<Message> messages)
      throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (Message message : messages) {
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, null, message.value());
      if (message.type() != null) {
        record.headers().add("content-type", message.type().getBytes(UTF_8));
      }
      sent.add(producer.send(record));
    }
    for (Future<?> one : sent) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  /** Runs the service until it has reached a step and asks it to stop then. */
  void runTo(long step) throws InterruptedException {
    TuningService service = new TuningService(config, "only", List.of());
    ServiceRun run = ServiceRun.start(service);
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> run.await(Duration.ofMillis(1)) != null || service.progress().step() >= step);
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
  }

  /** All committed snapshots. */
  List<Snapshot> snapshots() {
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    return broker.readAll(config.topics().snapshots(), "read_committed", config.job()).stream()
        .map(r -> codec.decode(r.value()).snapshot())
        .toList();
  }

  /** The reasons of all committed dead letters. */
  List<String> deadLetters() {
    return broker.readAll(config.topics().deadLetters(), "read_committed").stream()
        .map(CatalogueJob::reason)
        .toList();
  }

  private static String reason(ConsumerRecord<byte[], byte[]> letter) {
    return new String(letter.headers().lastHeader("__thalweg.errors.reason").value(), UTF_8);
  }

  /** A backtest of the same job, with a snapshot of every step. */
  Backtest backtest(Map<String, List<String>> input) throws Exception {
    Path out = dir.resolve(config.job() + ".out.jsonl");
    Path dead = dir.resolve(config.job() + ".dead.jsonl");
    List<String> args = new ArrayList<>(List.of("backtest", "-c", file()));
    args.addAll(List.of("--set", "snapshots.every.steps=1"));
    args.addAll(List.of("--snapshots", out.toString(), "--dead-letters", dead.toString()));
    for (Map.Entry<String, List<String>> each : input.entrySet()) {
      Path lines = dir.resolve(config.job() + each.getKey() + ".jsonl");
      args.addAll(List.of(each.getKey(), Files.write(lines, each.getValue()).toString()));
    }
    CommandRun run = CommandRun.of(args.toArray(new String[0]));
    assertThat(run.code()).as(run.err()).isZero();
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.PLAIN);
    List<Snapshot> snapshots = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      snapshots.add(codec.decode(line.getBytes(UTF_8)).snapshot());
    }
    List<String> reasons = new ArrayList<>();
    for (String line : Files.readAllLines(dead)) {
      reasons.add(JSON.readTree(line).get("reason").textValue());
    }
    return new Backtest(snapshots, reasons);
  }

  /**
   * What a backtest wrote.
   *
   * @param snapshots one for every step
   * @param deadLetters the reasons
   */
  record Backtest(List<Snapshot> snapshots, List<String> deadLetters) {}

  /** Recomputes all snapshots from the topics. */
  void replay(int versions) {
    CommandRun replay = CommandRun.of("replay", "-c", file(), "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out())
        .startsWith("versions 1 to " + versions + ": ")
        .contains("equal bit for bit, chain unbroken");
  }
}
