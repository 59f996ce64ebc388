package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.pipeline.Progress;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users meet when their records or their settings are wrong. */
@WithBroker
class RunIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static JobConfig job(TestBroker kafka, String name, String... more) {
    return new JobReader(Map.of(), List.of()).read(text(kafka.bootstrap(), name, more), "job.yaml");
  }

  private static String text(String bootstrap, String name, String... more) {
    return """
        job: %s
        problem: {type: logistic-regression, features: 2}
        solver: {method: msgbio, hypergradient: linear-system, batch: {lower: 2, upper: 1}}
        snapshots: {every: {steps: 1, time: 200ms}}
        topics: {partitions: 1}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, bootstrap)
        + String.join("\n", more);
  }

  private static void createTopics(TestBroker kafka, JobConfig job) {
    try (Admin admin = kafka.admin()) {
      TopicsTool.apply(admin, WantedTopics.of(job, TopicCatalog.builtIn()));
    }
  }

  private static void send(TestBroker kafka, String topic, @Nullable String... values)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String value : values) {
        producer
            .send(
                new ProducerRecord<>(
                    topic, 0, "k".getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8)))
            .get(30, TimeUnit.SECONDS);
      }
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> committed(
      TestBroker kafka, String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition only = new TopicPartition(topic, 0);
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      long until = System.nanoTime() + LIMIT.toNanos();
      while (out.size() < count) {
        if (System.nanoTime() > until) {
          throw new AssertionError(topic + " held " + out.size() + " of " + count + " records");
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (!record.headers().headers("thalweg-alias").iterator().hasNext()) {
            out.add(record);
          }
        }
      }
    }
    return out;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader("__thalweg.errors." + name);
    if (header == null) {
      throw new AssertionError("no header " + name + " in " + letter.headers());
    }
    return new String(header.value(), UTF_8);
  }

  @Test
  void bad_records_become_dead_letters_with_reason_and_position_and_the_stream_goes_on(
      TestBroker kafka) throws Exception {
    String name = kafka.unique("bad");
    JobConfig job = job(kafka, name);
    createTopics(kafka, job);
    send(
        kafka,
        job.topics().train(),
        "{\"x\":[1,2],\"y\":1}",
        "{\"x\":[1,2,3],\"y\":1}",
        "{\"x\":[1,NaN],\"y\":1}",
        "{\"x\":[1,1e999],\"y\":1}",
        "{\"x\":[1,2],\"y\"",
        null,
        "{\"x\":[1,2],\"y\":1,\"role\":\"tester\"}",
        "{\"x\":[-1,2],\"y\":0}",
        "{\"x\":[3,1],\"y\":0}",
        "{\"x\":[-2,1],\"y\":1}");
    send(kafka, job.topics().validation(), "{\"x\":[1,0],\"y\":1}", "{\"x\":[0,1],\"y\":0}");

    ServiceRun run = ServiceRun.start(new TuningService(job, "only", List.of()));
    List<ConsumerRecord<byte[], byte[]>> letters = committed(kafka, job.topics().deadLetters(), 6);
    List<ConsumerRecord<byte[], byte[]>> snapshots = committed(kafka, job.topics().snapshots(), 2);
    run.stop();
    Progress end = run.await(LIMIT);

    assertThat(end).isNotNull();
    assertThat(snapshots).hasSize(2);
    Map<String, String> reasons = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      assertThat(header(letter, "topic")).isEqualTo(job.topics().train());
      assertThat(header(letter, "partition")).isEqualTo("0");
      assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
      reasons.put(header(letter, "offset"), header(letter, "reason"));
    }
    assertThat(reasons.keySet()).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(reasons.get("1")).contains("x must have length 2, but had 3");
    assertThat(reasons.get("2")).contains("NaN");
    assertThat(reasons.get("3")).contains("finite").contains("1e999");
    assertThat(reasons.get("4")).isNotEmpty();
    assertThat(reasons.get("5")).contains("the value is null");
    assertThat(reasons.get("6")).contains("role").contains("tester");
    assertThat(letters.get(3).value()).isEqualTo("{\"x\":[1,2],\"y\"".getBytes(UTF_8));
    assertThat(letters.get(4).value()).isNull();
  }

  @Test
  void a_missing_topic_is_named_with_the_command_that_creates_it(
      TestBroker kafka, @TempDir Path folder) throws Exception {
    String name = kafka.unique("missing");
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, text(kafka.bootstrap(), name));
    Child child = Child.run("run", "-c", file.toString());
    assertThat(child.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(child.err())
        .contains(name + ".checkpoints, " + name + ".control, " + name + ".dead-letters, ")
        .contains("thalweg topics apply -c " + file);
    assertThat(child.err()).doesNotContain("\tat ");
  }

  @Test
  void a_broker_that_is_not_there_is_said_within_seconds(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, text("127.0.0.1:1", "nobody"));
    Child child = Child.run("run", "-c", file.toString());
    assertThat(child.code()).isEqualTo(ExitCode.BROKER);
    assertThat(child.err()).contains("127.0.0.1:1").doesNotContain("\tat ");
  }

  @Test
  void a_wrong_key_is_named_with_line_and_column_and_a_guess(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, text("127.0.0.1:1", "wrong", "snapshot: {every: {steps: 1}}"));
    Child child = Child.run("run", "-c", file.toString());
    assertThat(child.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(child.err()).contains("job.yaml:7:1").contains("snapshots");
    assertThat(child.err()).doesNotContain("\tat ");
  }

  /** The program as a process of its own, for what concerns exit codes and signals. */
  private record Child(int code, String out, String err) {
    static Child run(String... args) throws Exception {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
      command.add("io.thalweg.app.Thalweg");
      command.addAll(List.of(args));
      Path out = Files.createTempFile("thalweg", ".out");
      Path err = Files.createTempFile("thalweg", ".err");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within 90 s: " + Files.readString(err));
      }
      return new Child(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }
}
